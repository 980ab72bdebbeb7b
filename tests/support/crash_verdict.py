"""Compares what a careful client was told with what a house shows at its public doors, by id."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.support.crash import DEPARTMENT, Load

KINDS = ("feedback_received", "feedback_categorised", "contact_ended")


@dataclass
class Verdict:
    """What is missing, what is there more than once, and what still lies somewhere; each entry names its thing."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Parked events, dead work, things that never came to rest, refusals, things that nobody asked for."""
    compared: int = 0

    def compare(self, what: str, expected: Iterable[str], found: Iterable[str], *, may_repeat: bool = False) -> None:
        """Each expected id exactly once (or, where it `may_repeat`, at least once), and no other."""
        wanted, there = set(expected), Counter(found)
        self.compared += len(wanted)
        self.lost += [f"{what} {one}" for one in sorted(wanted - there.keys())]
        self.doubled += [f"{what} {one} ({count} times)" for one, count in there.items() if count > 1 and not may_repeat]
        self.left += [f"{what} {one}: nobody was told of it" for one in sorted(there.keys() - wanted)]


async def judge(api: httpx.AsyncClient, load: Load, sizes: dict[str, dict[str, int]]) -> Verdict:
    """Look everywhere an acknowledged request must have left its mark."""
    verdict = Verdict(left=list(load.refused))
    verdict.left += [f"{room} {name}: {count}" for room, one in sizes.items() for name, count in one.items() if count]
    for room in sizes:
        for path in ("parked-events", "dead-letters"):
            verdict.left += [f"{room} {path}: {one}" for one in (await _get(api, f"/{room}/v1/{path}"))["items"]]
    items = [one async for one in _every(api, "/feedback/v1/items", source="rest")]
    contacts = [one async for one in _every(api, "/routing/v1/contacts")]
    verdict.compare("item", _told(load.items), _pairs(items))
    verdict.compare("contact", _told(load.contacts), _pairs(contacts))
    noted = {contact_id for name, contact_id in load.contacts.items() if load.has_notes(name)}
    notes = [one async for one in _every(api, "/feedback/v1/items", source="call_note")]
    verdict.compare("note of contact", noted, (one["external_id"] for one in notes))
    voices = {*load.items.values(), *(one["id"] for one in notes)}
    await _timelines(api, load, voices, verdict)
    await _figures(api, load, voices, verdict)
    return verdict


def _told(answered: dict[str, str]) -> list[str]:
    return [f"{name} = {id_}" for name, id_ in answered.items()]


def _pairs(rows: list[Any]) -> list[str]:
    return [f"{one['external_id']} = {one['id']}" for one in rows]


async def _timelines(api: httpx.AsyncClient, load: Load, voices: set[str], verdict: Verdict) -> None:
    """Every event stands in exactly one timeline, once; an item is categorised anew, and told of again, when something was learned."""
    seen: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for customer in load.people:
        async for entry in _every(api, f"/customers/v1/customers/{customer}/timeline", kinds=list(KINDS)):
            seen[entry["kind"]].append(entry["data"]["contact_id" if entry["kind"] == "contact_ended" else "item_id"])
    verdict.compare("timeline: contact ended", load.contacts.values(), seen["contact_ended"])
    verdict.compare("timeline: feedback received", voices, seen["feedback_received"])
    verdict.compare("timeline: feedback categorised", voices, seen["feedback_categorised"], may_repeat=True)


async def _figures(api: httpx.AsyncClient, load: Load, voices: set[str], verdict: Verdict) -> None:
    """Statements name every contact; of feedback the figures tell the count alone."""
    period = {"from": (load.begin - timedelta(hours=1)).isoformat(), "to": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    drivers = [one async for one in _every(api, "/insight/v1/drivers", **period)]
    charged = []
    for department in sorted({DEPARTMENT, *(one["department"] for one in drivers if one["department"])}):
        cursor: str | None = None
        while True:
            page = await _get(api, f"/insight/v1/departments/{department}/statement", limit=100, **period, **_at(cursor))
            charged += [line["contact_id"] for line in page["lines"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    verdict.compare("insight: contact", load.contacts.values(), charged)
    stages = (await _get(api, "/insight/v1/cycle-health", **period))["stages"]
    counted = next(stage["n"] for stage in stages if stage["stage"] == "categorise")
    verdict.compared += len(voices)
    verdict.lost += ["insight: a feedback item"] * max(0, len(voices) - counted)
    verdict.doubled += ["insight: a feedback item"] * max(0, counted - len(voices))


def _at(cursor: str | None) -> dict[str, str]:
    return {"cursor": cursor} if cursor else {}


async def _get(api: httpx.AsyncClient, path: str, **parameters: Any) -> Any:
    return (await api.get(path, params=parameters)).raise_for_status().json()


async def _every(api: httpx.AsyncClient, path: str, **parameters: Any) -> AsyncIterator[Any]:
    cursor: str | None = None
    while True:
        page = await _get(api, path, limit=100, **parameters, **_at(cursor))
        for item in page["items"]:
            yield item
        cursor = page["next_cursor"]
        if cursor is None:
            return
