"""Read sums: whole weeks and days from the tables of sums, the edges of the period and days that just changed from the facts.

The result is the same as from the facts alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.sql.selectable import Subquery

from services.insight.domain.period import WEEK, Asked, Period, begin_of, begin_of_bucket, bucket_of, day_of, spans, whole_days, whole_weeks
from services.insight.repository.limits import seen
from services.insight.repository.rollups import SUBJECT_OF, Sums, touched
from services.kit.db import Tx

MOST_RUNS = 40
"""Parts of one statement for runs of days; a period with more holes than that is read in one part."""


def _narrow(tx: Tx, model: Any, asked: Asked) -> list[ColumnElement[bool]]:
    return [*seen(tx, model), *(getattr(model, name) == value for name, value in asked.filters.items() if hasattr(model, name))]


def _summable(sums: Sums, asked: Asked) -> bool:
    """Say whether the sums are split by everything that is asked for; what the facts do not have either is nobody's filter."""
    return all(name in sums.keys or not hasattr(sums.fact, name) for name in asked.filters)


async def summed(
    tx: Tx, sums: Sums, period: Period, asked: Asked, *, by: Sequence[str], width: int | None = None, kinds: Sequence[str] = ()
) -> Subquery:
    """Return a subquery with the keys named by `by` and the numbers of `sums` over a slice.

    With `width` (1, or whole weeks) it has `bucket` too, 0 for the first span; without, the day is lost. Rows of one key may occur several
    times: add them up. `by` is what the reader groups by, so that as little as possible leaves the database; `kinds` are the kinds of
    question that count (none named: all).
    """
    at = getattr(sums.fact, sums.at)
    chosen = replace(sums, keys={name: sums.keys[name] for name in by})
    days = whole_days(period) if _summable(sums, asked) else range(0)
    fresh = await touched(tx, SUBJECT_OF[sums.fact], days)
    first = bucket_of(day_of(period.start), width or 1)
    parts = list(_from_sums(chosen, [*_narrow(tx, sums.table, asked), *_of_kind(sums.table, kinds)], days, fresh, (width, first)))
    for pieces, number in _pieces(period, days, fresh, width):
        inside = or_(*(and_(at >= one.start, at < one.end) for one in pieces))
        facts = chosen.from_facts(inside, *_narrow(tx, sums.fact, asked), *_of_kind(sums.fact, kinds))
        parts.append(facts.add_columns(literal(number).label("bucket")) if width else facts)
    return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()


def _of_kind(model: Any, kinds: Sequence[str]) -> list[ColumnElement[bool]]:
    return [model.kind.in_(sorted(kinds))] if kinds else []


def _from_sums(
    sums: Sums, narrow: Sequence[ColumnElement[bool]], days: range, fresh: Sequence[int], spread: tuple[int | None, int]
) -> Iterator[Select[Any]]:
    """Return what comes from sums by week, and from sums by day for the days beside whole weeks: one part for each run of days.

    A part reads its rows in one go by the primary key; alternatives in one part would make SQLite read every day that there is.
    """
    table: Any = sums.table
    width, first = spread
    weeks = whole_weeks(days, fresh) if width != 1 else []
    beside = set(days) - {monday + day for monday in weeks for day in range(WEEK)} - set(fresh)
    bucket = []
    if width:
        number = table.day if width == 1 else (table.day + (WEEK - 4)) // literal(width)
        bucket = [(number - first).label("bucket")]
    group = [getattr(table, name) for name in sums.keys]
    numbers = [func.sum(getattr(table, name)).label(name) for name in sums.numbers]
    for length, chosen in ((WEEK, weeks), (1, sorted(beside))):
        runs = _runs(chosen, length)
        spans = [and_(table.day >= low, table.day <= high) for low, high in runs]
        for inside in spans if len(runs) <= MOST_RUNS else [or_(*spans)]:
            kept = (table.days == length, inside, *narrow)
            yield select(*group, *numbers, *bucket).where(*kept).group_by(*group, *([table.day] if width else []))


def _runs(days: Sequence[int], step: int) -> list[tuple[int, int]]:
    """Join numbers that follow each other by `step` to (first, last)."""
    found: list[tuple[int, int]] = []
    for day in days:
        if found and found[-1][1] + step == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _pieces(period: Period, days: range, fresh: Sequence[int], width: int | None) -> list[tuple[list[Period], int]]:
    """Return the spans that must come from the facts, by bucket; at least one, perhaps empty, so that there is always something to read."""
    edges = [period]
    if days:
        whole = spans(list(days))[0]
        edges = [one for one in (Period(period.start, whole.start), Period(whole.end, period.end)) if one.start < one.end]
    todo = [*edges, *spans(fresh)]
    if not width:
        return [(todo, 0)] if todo else []
    found: dict[int, list[Period]] = {}
    first = bucket_of(day_of(period.start), width)
    for span in todo:
        for number in range(bucket_of(day_of(span.start), width), bucket_of(day_of(span.end), width) + 1):
            low = max(span.start, begin_of(begin_of_bucket(number, width)))
            high = min(span.end, begin_of(begin_of_bucket(number + 1, width)))
            if low < high:
                found.setdefault(number - first, []).append(Period(low, high))
    return [(pieces, number) for number, pieces in sorted(found.items())]
