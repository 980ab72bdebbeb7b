"""What two dispatchers made of a contact centre's weeks, counted by a reader that knows nothing of the service but its tables and events."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from tests.integration.survey.telling import Story

CAP_DAYS, CAP_LIMIT = 7, 2
"""No more asks than so many in so many days."""


@dataclass
class Verdict:
    """What went wrong."""

    events: int
    kills: int
    invited: int
    lost: int
    doubled: int
    cap_violations: int
    undecided: int
    outside_hours: int


async def judged(url: str, story: Story, kills: int) -> Verdict:
    """Read the tables and the outbox, and count."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        decisions = await connection.fetch("SELECT id, programme, occasion, outcome FROM survey.decision")
        asks = await connection.fetch("SELECT customer_id, contact_id, invited_at FROM survey.invitation ORDER BY invited_at")
        said = await connection.fetch("SELECT subject, data FROM survey.outbox WHERE subject IN ('survey.invited.v1', 'survey.skipped.v1')")
    finally:
        await connection.close()
    told = Counter(row["subject"] for row in said)
    outcomes = Counter(row["outcome"] for row in decisions)
    seen = {row["occasion"]: row["programme"] for row in decisions}
    per_contact = Counter(row["contact_id"] for row in asks)
    twice = (
        sum(count - 1 for count in per_contact.values()) + abs(told["survey.invited.v1"] - outcomes["invited"]) + abs(outcomes["invited"] - len(asks))
    )
    return Verdict(
        events=len(story.events),
        kills=kills,
        invited=len(asks),
        lost=sum(seen.get(occasion) != programme for occasion, programme in story.eligible.items())
        + max(0, outcomes["skipped"] - told["survey.skipped.v1"]),
        doubled=twice + (len(decisions) - len(seen)) + max(0, told["survey.skipped.v1"] - outcomes["skipped"]),
        cap_violations=_broken_caps(asks),
        undecided=outcomes["pending"],
        outside_hours=_outside_hours(asks, story.people),
    )


def _broken_caps(asks: Sequence[Any]) -> int:
    """Count the asks that were one too many within the days before them; an hour of tolerance for the clocks that are off."""
    by_person = defaultdict(list)
    for ask in asks:
        by_person[ask["customer_id"]].append(ask["invited_at"])
    window, broken = timedelta(days=CAP_DAYS) - timedelta(hours=2), 0
    for moments in by_person.values():
        for place in range(CAP_LIMIT, len(moments)):
            broken += moments[place] - moments[place - CAP_LIMIT] < window
    return broken


def _outside_hours(asks: Sequence[Any], zones: dict[UUID, str]) -> int:
    """Count the asks outside nine to eight on the recipient's own clock."""
    known = {str(person): ZoneInfo(zone) for person, zone in zones.items()}
    return sum(not time(9) <= ask["invited_at"].astimezone(known[str(ask["customer_id"])]).time() < time(20) for ask in asks)
