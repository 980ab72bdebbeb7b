"""Narrow a fact table to a period, to filters, and to the sites and vendors that the reader may see."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel

from services.insight.contract import PeriodView
from services.insight.domain.period import Asked, Period, before, resolve
from services.insight.repository.limits import seen
from services.kit.db import Tx
from services.kit.errors import Refused


class PeriodEmpty(Refused):
    """A period begins before it ends: `from` is inside of it, `to` is the first moment behind it."""

    code = "period_empty"


def period_of(tx: Tx, asked: Asked) -> Period:
    """Return the span that was asked for, by default the last 30 days; raises PeriodEmpty."""
    found = resolve(asked.start, asked.end, tx.now)
    if found is None:
        raise PeriodEmpty("The period is empty: `from` must lie before `to`.", pointer="/from")
    return found


def named_in(moment: Any, asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions that keep a list to the time that is named; a list has no period of its own. Raises PeriodEmpty."""
    if asked.start is not None and asked.end is not None and asked.start >= asked.end:
        raise PeriodEmpty("The period is empty: `from` must lie before `to`.", pointer="/from")
    since = [] if asked.start is None else [moment >= asked.start]
    return since if asked.end is None else [*since, moment < asked.end]


def compared_with(asked: Asked, period: Period) -> Period:
    """Return the comparison period: as asked, else the one of the same length before; raises PeriodEmpty."""
    start, end = asked.compared
    if start is None and end is None:
        return before(period)
    first = start or (end or period.start) - (period.end - period.start)
    last = end or first + (period.end - period.start)
    if first >= last:
        raise PeriodEmpty("The comparison period is empty: `compare_from` must lie before `compare_to`.", pointer="/compare_from")
    return Period(first, last)


def quoted(period: Period, past: Period, asked: Asked) -> dict[str, Any]:
    """Return what an answer says of all of its figures: period, comparison period and slice, as they go out."""
    return {
        "period": PeriodView(start=period.start, end=period.end),
        "compared_with": PeriodView(start=past.start, end=past.end),
        "filters": dict(asked.filters),
    }


def past_of(tx: Tx, asked: Asked) -> Asked:
    """Return the same question about the comparison period; raises PeriodEmpty."""
    past = compared_with(asked, period_of(tx, asked))
    return replace(asked, start=past.start, end=past.end, compared=(None, None))


def within(tx: Tx, model: type[SQLModel], at: str, period: Period, asked: Asked) -> list[ColumnElement[bool]]:
    """Return all conditions of a slice; `at` names the column that says when. Filters without such a column are the caller's."""
    table: Any = model
    when = getattr(table, at)
    conditions = [when >= period.start, when < period.end, *seen(tx, model)]
    conditions += [getattr(table, name) == value for name, value in asked.filters.items() if hasattr(table, name)]
    return conditions
