"""Read sums: whole days from the tables of sums, the edges of the period and days that just changed from the facts. The result is the same."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, union_all
from sqlalchemy.sql.selectable import Subquery

from services.insight.domain.period import Asked, Period, day_of, spans, whole_days
from services.insight.queries.narrow import seen
from services.insight.repository.rollups import SUBJECT_OF, Sums, touched
from services.kit.db import Tx


def _narrow(tx: Tx, model: Any, asked: Asked) -> list[ColumnElement[bool]]:
    return [*seen(tx, model), *(getattr(model, name) == value for name, value in asked.filters.items() if hasattr(model, name))]


def _summable(sums: Sums, asked: Asked) -> bool:
    """Say whether the sums are split by everything that is asked for; what the facts do not have either is nobody's filter."""
    return all(name in sums.keys or not hasattr(sums.fact, name) for name in asked.filters)


async def summed(tx: Tx, sums: Sums, period: Period, asked: Asked, *, width: int | None = None) -> Subquery:
    """Return a subquery with the keys and numbers of `sums` over a slice; with `width`, and `bucket`: 0 for the first `width` days, ...

    Rows of one key may occur several times: add them up. Without `width` the day is lost.
    """
    table: Any = sums.table
    at = getattr(sums.fact, sums.at)
    days = whole_days(period) if _summable(sums, asked) else range(0)
    fresh = await touched(tx, SUBJECT_OF[sums.fact], days)
    first = day_of(period.start)
    parts = []
    if len(fresh) < len(days):
        bucket = [((table.day - first) // literal(width)).label("bucket")] if width else []
        kept = [table.day >= days.start, table.day < days.stop, *_narrow(tx, table, asked)]
        if fresh:
            kept.append(table.day.not_in(fresh))
        group = [getattr(table, name) for name in sums.keys]
        numbers = [func.sum(getattr(table, name)).label(name) for name in sums.numbers]
        parts.append(select(*group, *numbers, *bucket).where(*kept).group_by(*group, *bucket))
    for piece, number in _pieces(period, days, fresh, width):
        inside = or_(*(and_(at >= one.start, at < one.end) for one in piece))
        facts = sums.from_facts(inside, *_narrow(tx, sums.fact, asked))
        parts.append(facts.add_columns(literal(number).label("bucket")) if width else facts)
    return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()


def _pieces(period: Period, days: range, fresh: Sequence[int], width: int | None) -> list[tuple[list[Period], int]]:
    """Return the spans that must come from the facts, by bucket; at least one, perhaps empty, so that there is always something to read."""
    edges = [period]
    if days:
        whole = spans(list(days))[0]
        edges = [one for one in (Period(period.start, whole.start), Period(whole.end, period.end)) if one.start < one.end]
    todo = [*edges, *spans(fresh)]
    if not width:
        return [(todo, 0)] if todo or len(fresh) == len(days) else []
    found: dict[int, list[Period]] = {}
    first = day_of(period.start)
    for span in todo:
        for number in range((day_of(span.start) - first) // width, (day_of(span.end) - first) // width + 1):
            low, high = max(span.start, _begin(first, number, width)), min(span.end, _begin(first, number + 1, width))
            if low < high:
                found.setdefault(number, []).append(Period(low, high))
    return [(pieces, number) for number, pieces in sorted(found.items())]


def _begin(first: int, number: int, width: int) -> Any:
    from services.insight.domain.period import begin_of

    return begin_of(first + number * width)
