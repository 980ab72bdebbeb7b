"""What happens in the demo's week, as data: who calls when about what, which orders are delivered, who writes a review. The same every time."""

import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

from infra.demo.organisation import organisation, voices

T = TypeVar("T")
SEED: Final = 20261123
DAYS: Final = 7
SLOT_HOURS: Final = (8, 11, 14, 17)
"""UTC. What happens between two of them is told at the second."""
WEEKEND: Final = 5
CALLS: Final = (11, 4)
"""Contacts between two hours on a weekday and on a day of the weekend."""
ORDERS: Final = ((3, 2, 3, 2), (1, 1, 2, 1))
REVIEWS: Final = ((1, 1, 1, 1), (1, 0, 1, 1))
TROUBLE: Final = {
    "card_delivery": (25, 0.6),
    "fees_unclear": (15, 0.55),
    "transfer_delayed": (15, 0.4),
    "app_access": (12, 0.25),
    "refund_missing": (10, 0.45),
    "card_declined": (10, 0.3),
    "identity_check": (7, 0.35),
    "card_lost": (6, 0.2),
}
"""Driver to how often it makes somebody call (of 100), and the share of those who are unhappy afterwards."""
CALM: Final = 0.1
"""The unhappy share when nothing went wrong."""
QUEUE_OF: Final = {"transfer_delayed": "payments", "refund_missing": "payments", "fees_unclear": "payments"}


@cache
def words() -> dict[str, Any]:
    """Return the texts that this project wrote."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "words.json").read_text())
    return found


def lot(*parts: object) -> float:
    """Return a number in [0, 1) that is always the same for the same parts."""
    return zlib.crc32("|".join(map(str, (SEED, *parts))).encode()) / 2**32


def falls(share: float, *parts: object) -> bool:
    """Say whether the parts' lot falls into a share of all."""
    return lot(*parts) < share


def draw(options: Sequence[T], *parts: object) -> T:
    """Return the option that the parts' lot falls on."""
    return options[int(lot(*parts) * len(options))]


@dataclass(frozen=True)
class Person:
    """A customer of the demo."""

    account: str
    profile: dict[str, Any]

    @property
    def language(self) -> str:
        """Return the language they speak."""
        return str(self.profile["language"])

    @property
    def key(self) -> dict[str, str]:
        """Return the key that names them."""
        return {"kind": "account", "value": self.account}


@dataclass(frozen=True)
class Call:
    """A contact that the telephony system routed; `order` is None when nothing was ordered."""

    external_id: str
    person: Person
    driver: str | None
    order: str | None
    ended_at: datetime
    body: dict[str, Any]


@dataclass(frozen=True)
class Review:
    """What a review platform sends: `change` is created, updated or deleted."""

    external_id: str
    change: str
    data: dict[str, Any]

    @property
    def known_as(self) -> str:
        """Return the external id that the review has with us."""
        return f"service-review:{self.external_id}"


@dataclass
class Slot:
    """Everything that is told at one moment."""

    day: int
    number: int
    at: datetime
    calls: list[Call]
    delivered: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)

    @property
    def closing(self) -> Call:
        """Return the contact that is told last: whoever knows it has played this slot."""
        return self.calls[-1]


def people() -> list[Person]:
    """Return the demo's customers."""
    found: list[Person] = []
    for language, group in words()["people"].items():
        for number in range(group["count"]):
            place = len(found)
            names = [group["first"][number % len(group["first"])], group["last"][number // len(group["first"]) % len(group["last"])]]
            profile = {
                "display_name": "".join(reversed(names)) if language == "zh" else " ".join(names),
                "language": language,
                "time_zone": group["zones"][number % len(group["zones"])],
                "country": group["countries"][number % len(group["countries"])],
                "email": f"customer{place:02}@example.org",
                "phone": f"+491511234{5000 + place}",
                "preferred_channel": "email",
                "segment": {"product": draw(("card", "account", "app"), "product", place)},
            }
            found.append(Person(f"ACC-{2001 + place}", profile))
    return found


def week(monday: date, zone: Any, days: int = DAYS) -> list[Slot]:
    """Return the slots of the first `days` days in order."""
    customers, chance = people(), random.Random(SEED)  # noqa: S311  a play, not a secret
    slots: list[Slot] = []
    for day in range(days):
        quiet = int(day >= WEEKEND)
        for number, hour in enumerate(SLOT_HOURS):
            at = datetime.combine(monday + timedelta(days=day), time(hour), zone)
            callers = chance.sample(customers, CALLS[quiet])
            calls = [_call(chance, day, number, place, who, at, ORDERS[quiet][number]) for place, who in enumerate(callers)]
            slots.append(Slot(day, number, at, calls))
    for place, slot in enumerate(slots):
        for call in slot.calls:
            if call.order is not None:
                _deliver(slots, place, call.order)
        _review(slots, place, REVIEWS[int(slot.day >= WEEKEND)][slot.number])
    return slots


def _call(chance: random.Random, day: int, number: int, place: int, who: Person, at: datetime, orders: int) -> Call:
    name = f"week-{day}-{number}-{place}"
    ordered = place < orders
    driver = None if ordered else chance.choices(list(TROUBLE), [weight for weight, _ in TROUBLE.values()])[0]
    ended = at - timedelta(minutes=chance.randint(2, 150))
    lasted, unhappy = chance.randint(150, 900), lot(name) < share_unhappy(driver)
    disposition = (
        "order placed" if ordered else ("complaint" if unhappy and falls(0.5, name, "c") else draw(("resolved", "resolved", "advice given"), name))
    )
    body = {
        "external_id": name,
        "channel": chance.choices(("voice", "chat", "email"), (70, 20, 10))[0],
        "direction": "inbound",
        "queue": "cards" if ordered else QUEUE_OF.get(driver or "", "cards"),
        "agent_external_id": _agent(who.language, name),
        "customer_key": who.key,
        "started_at": (ended - timedelta(seconds=lasted)).isoformat(),
        "ended_at": ended.isoformat(),
        "wrap_up_seconds": chance.randint(20, 120),
        "disposition": disposition,
        "resolved": draw(("no", "partly"), name, "r") if unhappy else "yes",
        "language": who.language,
    }
    if ordered:
        return Call(
            name, who, None, f"CARD-{day}{number}{place}", ended, body | {"order_reference": f"CARD-{day}{number}{place}", "topic": "new card"}
        )
    return Call(name, who, driver, None, ended, body | {"driver": driver, "notes": draw(voices()[str(driver)]["voices"], name, "notes")})


def _agent(language: str, name: str) -> str:
    """Return an agent who speaks the language, or English."""
    staff: dict[str, Any] = organisation()["agents"]
    able = [key for key, agent in staff.items() if language in agent["languages"]]
    return draw(able or [key for key, agent in staff.items() if "en" in agent["languages"]], name, "agent")


def _deliver(slots: list[Slot], place: int, order: str) -> None:
    """Let an order arrive a day or two later, or be cancelled; what falls behind the week stays under way."""
    later = place + (4 if falls(0.7, order) else 7)
    if later < len(slots):
        (slots[later].delivered if falls(0.92, order) else slots[later].cancelled).append(order)


def _review(slots: list[Slot], place: int, count: int) -> None:
    """Let some of the callers write a review in the following hours; some change it, one takes it back."""
    slot = slots[place]
    for call in slot.calls[-1 - count : -1]:
        unhappy = lot(call.external_id) < share_unhappy(call.driver)
        stars = 1 + int(lot(call.external_id, "stars") * 2) if unhappy else 4 + int(lot(call.external_id, "stars") * 2)
        made = _reviewed(call, slot.at, stars, says(call.person.language, call.driver, unhappy=unhappy, of=(call.external_id, "review")))
        slot.reviews.append(made)
        if place + 1 < len(slots) and (slot.day, slot.number) in {(0, 1), (3, 0), (4, 1)}:
            kinder = {**made.data, "stars": min(5, stars + 1), "title": "Update"}
            slots[place + 1].reviews.append(Review(made.external_id, "updated", kinder))
        if place + 1 < len(slots) and (slot.day, slot.number) == (1, 0):
            slots[place + 1].reviews.append(Review(made.external_id, "deleted", {"id": made.external_id}))


def _reviewed(call: Call, at: datetime, stars: int, text: str) -> Review:
    name = f"{zlib.crc32(call.external_id.encode()):024x}"
    data = {
        "id": name,
        "language": call.person.language,
        "title": text[:60],
        "text": text,
        "referenceId": call.person.account,
        "stars": stars,
        "createdAt": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "isVerified": True,
        "locationId": None,
        "link": f"https://api.trustpilot.com/v1/reviews/{name}",
        "consumer": {"id": name[::-1], "name": call.person.profile["display_name"], "link": f"https://api.trustpilot.com/v1/consumers/{name[::-1]}"},
        "tags": [],
    }
    return Review(name, "created", data)


def share_unhappy(driver: str | None) -> float:
    """Return how many of those who called about `driver` are unhappy."""
    return TROUBLE[driver][1] if driver else CALM


def says(language: str, driver: str | None, *, unhappy: bool, of: tuple[object, ...]) -> str:
    """Return what a customer writes: in English real words about the driver, in other languages our own."""
    if not unhappy:
        praise: list[str] = words()["praise"][language]
        return draw(praise, *of)
    if language == "en":
        return draw(voices()[driver or "card_delivery"]["voices"], *of)
    own: dict[str, str] = words()["complaints"][language]
    return own.get(driver or "", own[""])


def answers_of(person: Person, programme: str, driver: str | None) -> dict[str, str] | None:
    """Return what a customer answers to a survey, or None when they do not; always the same."""
    of = (person.account, programme)
    if programme == "recovery":
        return _recovered(of) if falls(0.85, *of) else None
    if not falls(0.62, *of):
        return None
    unhappy = lot(*of, "mood") < share_unhappy(driver)
    given = {"q.helped": str(1 + int(lot(*of, "s") * 2) if unhappy else 4 + int(lot(*of, "s") * 2)), "q.resolved": "no" if unhappy else "yes"}
    if falls(0.5, *of, "easy"):
        given["q.easy"] = str(1 + int(lot(*of, "e") * 3) if unhappy else 5 + int(lot(*of, "e") * 3))
    if unhappy or falls(0.4, *of, "text"):
        given["q.better"] = says(person.language, driver, unhappy=unhappy, of=(*of, "text"))
    if unhappy and falls(0.7, *of, "contact"):
        given["q.contact"] = "yes"
    return given


def _recovered(of: tuple[object, ...]) -> dict[str, str]:
    return {"q.helped": "5" if falls(0.8, *of, "s") else "3", "q.resolved": "yes" if falls(0.8, *of, "r") else "no"}
