"""What is missing besides words that were searched in vain: drivers without an answer, guides that do not help; most contacts first."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.kit.db import Tx
from services.knowledge.contract import DriverGap, RankedGap
from services.knowledge.queries.deflection import judged_sessions
from services.knowledge.repository.contacts import drivers_without_answer
from services.knowledge.repository.guides import failed_walks
from services.knowledge.repository.health import Span
from services.knowledge.repository.self_service import unanswered_questions

_MOST = 50_000
"""Questions and walks that are looked at: the latest."""


async def driver_gaps(tx: Tx, since: datetime, limit: int) -> list[DriverGap]:
    """Return drivers without a published answer, most contacts first."""
    rows = await drivers_without_answer(tx, Span(since, tx.now), limit)
    return [
        DriverGap(
            driver=row["driver"],
            contacts=row["contacts"],
            unresolved=int(row["unresolved"]),
            handled_hours=round(float(row["handled"]) / 3600, 3),
            internal_articles=row["internal_articles"],
        )
        for row in rows
    ]


async def ranked_gaps(tx: Tx, since: datetime, window_days: int, limit: int) -> list[RankedGap]:
    """Return what is missing, of all three kinds in one list, by the contacts that it causes."""
    window = timedelta(days=window_days)
    sessions = await judged_sessions(tx, Span(since, tx.now + timedelta(seconds=1)), window)
    contacted = {one["id"] for one in sessions if one["wants_contact"] or one["called"]}
    found = [_gap("search", rows, rows[0]["query"], contacted) for rows in _grouped(await unanswered_questions(tx, since, _MOST), "query_key")]
    found += [_gap("guide", rows, rows[0]["title"], contacted) for rows in _grouped(await failed_walks(tx, since, _MOST), "guide_id")]
    for one in await driver_gaps(tx, since, limit):
        about = {"what": one.driver, "language": None, "driver": one.driver, "guide_id": None}
        found.append(RankedGap(kind="driver", contacts=one.contacts, people=one.contacts, **about))
    return sorted(found, key=lambda one: (-one.contacts, -one.people, one.kind, one.what))[:limit]


def _grouped(rows: Iterable[Mapping[str, Any]], name: str) -> list[list[Mapping[str, Any]]]:
    found: dict[Hashable, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return list(found.values())


def _gap(kind: str, rows: list[Mapping[str, Any]], what: str, contacted: set[UUID]) -> RankedGap:
    visitors = {row["session_id"] for row in rows if row["session_id"] is not None}
    return RankedGap(
        kind=kind,
        what=what,
        language=rows[0]["language"],
        driver=rows[0].get("driver"),
        guide_id=rows[0].get("guide_id"),
        contacts=len(visitors & contacted),
        people=len(visitors) + sum(row["session_id"] is None for row in rows),
    )
