"""The demo's week, played: each slot through the public doors; a slot whose closing contact is known was played before and is passed over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from infra.demo.inner_loop import Cast, answer_surveys, get_back, shift
from infra.demo.script import DAYS, SLOT_HOURS, Call, Person, Review, Slot, falls, people, week, words
from infra.demo.stage import Stage, together

MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)
FIRST_CALL: Final = "week-0-0-0"
Tell = Callable[[str], None]


@dataclass
class Known:
    """What the house knew before we began, and the ids that it gave."""

    calls: dict[str, str] = field(default_factory=dict)
    """External id to contact id."""
    began: datetime | None = None
    reviews: dict[str, Any] = field(default_factory=dict)
    articles: dict[str, Any] = field(default_factory=dict)
    """Title to article."""
    webhook: str = ""
    cast: Cast = field(default_factory=Cast)
    asked: set[str] = field(default_factory=set)
    """Searches that were told as a gap."""


async def look_around(stage: Stage) -> Known:
    """Return what was played before."""
    known = Known()
    async for contact in stage.every("/routing/v1/contacts"):
        if contact["external_id"]:
            known.calls[contact["external_id"]] = contact["id"]
            if contact["external_id"] == FIRST_CALL:
                known.began = datetime.fromisoformat(contact["queued_at"])
    async for item in stage.every("/feedback/v1/items", source="trustpilot"):
        known.reviews[item["external_id"]] = item
    async for article in stage.every("/knowledge/v1/articles"):
        known.articles[article["title"]] = article
    known.asked = {gap["query"] for gap in (await stage.get("/knowledge/v1/gaps", days=366, limit=100))["items"]}
    return known


async def first_monday(stage: Stage, known: Known) -> datetime:
    """Return the Monday of the play: the one of the first play, else ours, or the next one where the house's present is later."""
    if known.began is not None:
        return known.began.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=known.began.weekday())
    now = await stage.move_to(MONDAY + timedelta(hours=4))
    if now <= MONDAY + timedelta(hours=SLOT_HOURS[0]):
        return MONDAY
    return MONDAY + timedelta(days=7 * ((now - MONDAY) // timedelta(days=7) + 1))


async def play(stage: Stage, days: int, tell: Tell) -> datetime:
    """Play the week; return its Monday."""
    known = await look_around(stage)
    monday = await first_monday(stage, known)
    slots = week(monday.date(), UTC, days)
    calls = {call.external_id: call for slot in slots for call in slot.calls}
    new = [slot for slot in slots if slot.closing.external_id not in known.calls]
    if new:
        await _customers(stage, known)
        await shift(stage, "offline", monday)
        tell(f"{len(people())} customers are known")
        source = {"kind": "trustpilot", "reference_kind": "account", "new_secret": True}
        known.webhook = (await stage.send("PUT", "/feedback/v1/webhook-sources/trustpilot", source))["secret"]
    for slot in slots:
        if slot not in new:
            tell(f"{_name(slot)} already played")
            continue
        done = await _slot(stage, slot, known, calls)
        if (slot.day, slot.number) == (min(days, DAYS) // 2, 0):
            await start_initiatives(stage, monday, slot.at)
        tell(f"{_name(slot)} {done}")
    await publish_initiative(stage)
    await stage.rest()
    return monday


def _name(slot: Slot) -> str:
    return f"{slot.at:%A %H:%M}"


async def _customers(stage: Stage, known: Known) -> None:
    def put(person: Person) -> Any:
        return stage.send("PUT", f"/customers/v1/customers/by-key/account/{person.account}", person.profile)

    views = await together(partial(put, person) for person in people())
    known.cast.persons = {view["id"]: person for view, person in zip(views, people(), strict=True)}
    await stage.rest()


async def _slot(stage: Stage, slot: Slot, known: Known, calls: dict[str, Call]) -> str:
    """Tell everything of one slot; return what happened in a few words."""
    await stage.move_to(slot.at)
    await _orders(stage, slot)
    await together(partial(_end_call, stage, call, known) for call in slot.calls[:-1])
    await stage.rest()
    await _reviews(stage, slot.reviews, known)
    if slot.number == 1:
        await _search(stage, slot, known)
    if slot.number == 2:  # noqa: PLR2004  in the afternoon
        await _write_up(stage, slot, known)
    await stage.rest()
    known.cast.calls = {known.calls[name]: call for name, call in calls.items() if name in known.calls}
    answered = await answer_surveys(stage, known.cast, slot.at + timedelta(minutes=5))
    called = await get_back(stage, slot, known.cast)
    confirmed = await answer_surveys(stage, known.cast, slot.at + timedelta(minutes=110))
    await _end_call(stage, slot.closing, known)
    await stage.rest()
    return f"{len(slot.calls)} contacts, {len(slot.reviews)} review messages, {answered + confirmed} answers, {called} called back"


async def _orders(stage: Stage, slot: Slot) -> None:
    for call in slot.calls:
        if call.order:
            order = {"order_reference": call.order, "customer_key": call.person.key, "product": "card", "placed_at": call.ended_at.isoformat()}
            await stage.post("/customers/v1/orders", order)
    for reference in slot.delivered:
        await stage.post(f"/customers/v1/orders/{reference}/delivered", {"delivered_at": slot.at.isoformat()})
    for reference in slot.cancelled:
        await stage.post(f"/customers/v1/orders/{reference}/cancelled", {"cancelled_at": slot.at.isoformat()})


async def _end_call(stage: Stage, call: Call, known: Known) -> None:
    used = [one["id"] for one in known.articles.values() if one["driver"] == call.driver and one["language"] == "en" and one["state"] == "validated"]
    articles = {"articles": used[:1]} if used and falls(0.4, call.external_id, "article") else {}
    known.calls[call.external_id] = (await stage.post("/routing/v1/ended-contacts", call.body | articles))["id"]


async def _reviews(stage: Stage, reviews: list[Review], known: Known) -> None:
    """Bring what is not known yet, one after another as the platform does."""
    for review in reviews:
        before = known.reviews.get(review.known_as)
        if review.change == "created" and before is not None:
            continue
        event = {"eventName": f"service-review-{review.change}", "version": "1", "eventData": review.data}
        answer = await stage.outside.post(f"/feedback/v1/webhooks/trustpilot/{known.webhook}", json={"events": [event]})
        answer.raise_for_status()
        known.reviews[review.known_as] = review.data


async def _search(stage: Stage, slot: Slot, known: Known) -> None:
    """Let visitors help themselves: three find something and read it, one does not, and on some days asks to be contacted."""
    found, missing = words()["searches"]["found"], words()["searches"]["missing"][slot.day]
    if missing[0] in known.asked:
        return
    for place in range(3):
        query, language = found[(slot.day * 3 + place) % len(found)]
        visit = {"session": _session(slot, place)}
        results = (await stage.outside.get("/knowledge/v1/help/search", params={"q": query, "language": language, **visit})).json()["results"]
        await stage.outside.get(f"/knowledge/v1/help/articles/{results[0]['article_id']}", params=visit)
    session = _session(slot, 3)
    await stage.outside.get("/knowledge/v1/help/search", params={"q": missing[0], "language": missing[1], "session": session})
    if slot.day % 3 == 1:
        who = slot.calls[0].person
        failure = {"session_id": session, "language": who.language, "wants_contact": True, "customer_key": who.key, "channel": "voice"}
        (await stage.outside.post("/knowledge/v1/help/failures", json=failure)).raise_for_status()


def _session(slot: Slot, place: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"antiphon-demo:{slot.day}:{place}"))


async def _write_up(stage: Stage, slot: Slot, known: Known) -> None:
    """Open the day's case, write down what solved it, link an article that helped, and close it."""
    text = words()["write_ups"][slot.day]
    if text["title"] in known.articles:
        return
    who, once = slot.calls[-2].person, f"demo-case-{slot.day}"
    about = {"title": text["title"], "description": text["problem"], "product": "card", "driver": text["driver"], "language": "en"}
    case = await stage.post("/customers/v1/cases", about | {"customer_key": who.key}, once=once)
    written = {name: text[name] for name in ("title", "problem", "cause", "resolution")} | {"language": "en"}
    await stage.post(f"/customers/v1/cases/{case['id']}/write-up", written, once=f"{once}-write-up")
    for article in known.articles.values():
        if article["driver"] == text["driver"] and article["language"] == "en" and article["state"] == "validated":
            link = {"case_id": case["id"], "customer_id": case["customer_id"]}
            await stage.post(f"/knowledge/v1/articles/{article['id']}/link", link, once=f"{once}-link")
            break
    await stage.post(f"/customers/v1/cases/{case['id']}/resolve", once=f"{once}-resolve")


async def start_initiatives(stage: Stage, monday: datetime, now: datetime) -> None:
    """Plan and start the initiatives that are not known."""
    known = {one["title"] for one in (await stage.get("/insight/v1/initiatives", limit=100))["items"]}
    for plan in words()["initiatives"]:
        if plan["title"] not in known:
            dates = {"baseline_from": monday - timedelta(days=30), "baseline_to": now - timedelta(minutes=1), "due": monday + timedelta(days=60)}
            made = await stage.post("/insight/v1/initiatives", plan | {name: moment.isoformat() for name, moment in dates.items()})
            await stage.post(f"/insight/v1/initiatives/{made['id']}/start")


async def publish_initiative(stage: Stage) -> None:
    """Tell everybody who spoke about the first initiative what changed, once."""
    wanted = words()["initiatives"][0]["title"]
    for one in (await stage.get("/insight/v1/initiatives", limit=100))["items"]:
        if one["title"] == wanted and one["state"] == "started":
            await stage.post(f"/insight/v1/initiatives/{one['id']}/publish", once=f"demo-publish-{one['id']}")
