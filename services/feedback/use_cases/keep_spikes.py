"""Yesterday against its past: which drivers were heard more often than chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Date, cast, func, select
from sqlmodel import col

from services.feedback.contract import FeedbackSpiked
from services.feedback.domain.items import CATEGORISED
from services.feedback.domain.spikes import Judged
from services.feedback.models import Item, Spike
from services.kit.db import Tx, UnitOfWork
from services.kit.ids import new_id

HISTORY = timedelta(days=56)
QUOTED = 5


@dataclass(frozen=True, slots=True)
class Days:
    """Voices a day (UTC) by driver, and all of them; the last day is the one to be judged."""

    day: date
    counts: dict[str, list[int]]
    totals: list[int]


async def days(tx: Tx, day: date) -> Days:
    """Count the voices of `day` and of the 56 days before it."""
    start, end = datetime.combine(day, time(), UTC) - HISTORY, datetime.combine(day, time(), UTC) + timedelta(days=1)
    when = func.date(col(Item.said_at)) if tx.dialect_name == "sqlite" else cast(func.timezone("UTC", col(Item.said_at)), Date)
    statement = (
        select(col(Item.driver).label("driver"), when.label("day"), func.count().label("n"))
        .where(col(Item.state) == CATEGORISED, col(Item.counted), col(Item.said_at) >= start, col(Item.said_at) < end)
        .group_by(col(Item.driver), when)
    )
    width = HISTORY.days + 1
    counts: dict[str, list[int]] = {}
    totals = [0] * width
    for row in await tx.rows(statement):
        place = (_day(row["day"]) - start.date()).days
        totals[place] += row["n"]
        if row["driver"] is not None:
            counts.setdefault(row["driver"], [0] * width)[place] = row["n"]
    return Days(day, counts, totals)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


async def store_spikes(uow: UnitOfWork, judged: Days, found: Sequence[Judged]) -> None:
    """Keep the alarms with five quotes each, and tell of those that are new."""
    for one in found:
        quotes = await _quotes(uow, one.code, judged.day)
        row = {
            "day": judged.day,
            "code": one.code,
            "id": new_id(),
            "observed": one.observed,
            "expected": one.expected,
            "total": judged.totals[-1],
            "p": one.p,
            "q": one.q,
            "quotes": [str(item) for item in quotes],
            "found_at": uow.now,
        }
        if await uow.insert_ignore(Spike, row):
            told = {name: row[name] for name in ("code", "day", "observed", "expected", "total", "q")}
            uow.emit(FeedbackSpiked.model_validate(told))


async def _quotes(tx: Tx, code: str, day: date) -> list[UUID]:
    start = datetime.combine(day, time(), UTC)
    said = (col(Item.said_at) >= start, col(Item.said_at) < start + timedelta(days=1))
    statement = select(col(Item.id)).where(col(Item.driver) == code, col(Item.state) == CATEGORISED, col(Item.counted), *said)
    ordered = statement.order_by(col(Item.severity).desc(), col(Item.id)).limit(QUOTED)
    return [row["id"] for row in await tx.rows(ordered)]


async def spikes(tx: Tx, since: date, limit: int) -> list[Spike]:
    """Return alarms since that day, newest first."""
    return await tx.all(select(Spike).where(col(Spike.day) >= since).order_by(col(Spike.day).desc(), col(Spike.p)).limit(limit), Spike)


def series(judged: Days) -> Mapping[str, Sequence[int]]:
    """Return the drivers that were heard often enough on that day, or ever, to be worth a test."""
    return {code: counts for code, counts in judged.counts.items() if sum(counts) > 0}
