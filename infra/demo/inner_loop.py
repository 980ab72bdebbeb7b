"""The inner loop of the demo: customers open their links and answer, agents call back, and what stays silent is documented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from infra.demo.script import Call, Person, Slot, answers_of, draw, lot
from infra.demo.stage import Stage, together

ROUNDS: Final = 12
DECLINED: Final = 0.12
TAKEN: Final = 0.6
SILENT: Final = 0.15
READING: Final = timedelta(seconds=40)
TALK: Final = timedelta(minutes=6)
WRAP_UP: Final = timedelta(minutes=1)
NOTES: Final = (
    "Explained what happened and put it right while on the phone.",
    "Sent a new card by courier, the customer is content.",
    "Refunded the fee and apologised.",
)


@dataclass
class Cast:
    """Who is who in the house: customer id to person, contact id to call."""

    persons: dict[str, Person] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)


async def answer_surveys(stage: Stage, cast: Cast, until: datetime) -> int:
    """Open the links that wait, and send what their readers decided to say; return how many answered."""
    sheets = [sheet for sheet in [_sheet(asked, cast) async for asked in stage.every("/survey/v1/invitations")] if sheet]
    if not sheets:
        return 0
    pages = await together(partial(stage.open_page, link) for link, _ in sheets)
    now = await stage.move_to(until)
    await stage.move_to(now + READING)
    forms = [(link, page | given) for (link, given), page in zip(sheets, pages, strict=True) if page]
    taken = await together(partial(stage.send_page, link, form) for link, form in forms)
    await stage.rest()
    return sum(taken)


def _sheet(asked: Any, cast: Cast) -> tuple[str, dict[str, str]] | None:
    """Return link and answers for an invitation of ours that was sent and will be answered."""
    person = cast.persons.get(asked["customer_id"])
    if asked["state"] != "sent" or person is None:
        return None
    call = cast.calls.get(asked["contact_id"] or "")
    given = answers_of(person, asked["programme"], call.driver if call else None)
    return (asked["link"], given) if given else None


async def get_back(stage: Stage, slot: Slot, cast: Cast) -> int:
    """Open the shift, let agents answer their offers until none is left, close it; return how many customers were called back."""
    await _acknowledge(stage, slot, cast)
    now = await shift(stage, "available", slot.at)
    agents = [agent["external_id"] async for agent in stage.every("/routing/v1/agents")]
    called, passed = 0, set[str]()
    for _ in range(ROUNDS):
        offers = [offer for agent in agents for offer in (await stage.get(f"/routing/v1/agents/{agent}/offers"))["items"]]
        if not offers:
            break
        taken = [offer["contact"] for offer in offers if await _take(stage, offer, passed)]
        now = await stage.move_to(now + TALK)
        await together(partial(_end, stage, contact, cast) for contact in taken)
        await stage.rest()
        now = await stage.move_to(now + WRAP_UP)
        await stage.rest()
        called += len(taken)
    await shift(stage, "offline", now)
    return called


async def shift(stage: Stage, activity: str, now: datetime) -> datetime:
    """Let all agents come or go; outside the shift nobody is asked, so that nobody misses an offer while the clock jumps."""
    agents = [agent["external_id"] async for agent in stage.every("/routing/v1/agents")]
    await together(partial(stage.post, f"/routing/v1/agents/{agent}/activity", {"activity": activity}) for agent in agents)
    return await stage.move_to(now)


async def _take(stage: Stage, offer: Any, passed: set[str]) -> bool:
    """Accept an offer; one in eight is let pass by the first agent who is asked."""
    reservation, contact = offer["reservation"], offer["contact"]
    if contact["id"] not in passed and lot(contact["queued_at"][11:16], contact["language"]) < DECLINED:
        passed.add(contact["id"])
        await stage.post(f"/routing/v1/reservations/{reservation['id']}/decline", {"reason": "in a meeting"})
        return False
    await stage.post(f"/routing/v1/reservations/{reservation['id']}/accept")
    return True


async def _end(stage: Stage, contact: Any, cast: Cast) -> None:
    person = cast.persons.get(contact["customer_id"] or "")
    word = {"disposition": "resolved", "resolved": "yes", "notes": draw(NOTES, person.account if person else "", "call-back")}
    await stage.post(f"/routing/v1/contacts/{contact['id']}/end", word)


async def _acknowledge(stage: Stage, slot: Slot, cast: Cast) -> None:
    """Somebody takes every second follow-up that wants no call; some of those are closed later because the customer does not answer."""
    async for duty in stage.every("/feedback/v1/follow-ups"):
        person = cast.persons.get(duty["customer_id"] or "")
        if person is None or duty["wants_call_back"] or duty["state"] == "closed":
            continue
        path, chance = f"/feedback/v1/follow-ups/{duty['id']}", lot(person.account, duty["issue"])
        if duty["state"] == "open" and chance < TAKEN:
            await stage.post(f"{path}/acknowledge", {"owner": "team:recovery"})
        elif duty["state"] == "acknowledged" and chance < SILENT and slot.at - datetime.fromisoformat(duty["opened_at"]) > timedelta(days=1):
            await stage.post(f"{path}/close", {"outcome": "no_answer", "note": "Two e-mails and a call without an answer."})
