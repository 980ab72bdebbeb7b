"""What can be taken away: facts row by row without anybody's name, and the figures as they stand behind their doors."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlmodel import SQLModel

from services.insight.contract import MetricView, ShareView
from services.insight.domain.definitions import DEFINITIONS
from services.insight.domain.exporting import Column, Kind, Rows
from services.insight.domain.intervals import wilson
from services.insight.domain.period import Asked, begin_of, day_of
from services.insight.models import AnswerFact, ContactFact, FeedbackFact
from services.insight.queries.charges import charge_back
from services.insight.queries.drivers import drivers
from services.insight.queries.narrow import period_of, within
from services.insight.queries.non_response import metric_with_all_weights
from services.insight.queries.trend import daily
from services.kit.db import Tx
from services.kit.errors import NotFound, Refused

PAGE = 5000
MOST_ROWS = 1_000_000
After = tuple[Any, ...] | None
Pages = Callable[[Tx, Asked, int, After], Awaitable[tuple[Rows, After]]]


class ExportTooLarge(Refused):
    """An export holds at most a million rows: ask for a shorter period."""

    code = "export_too_large"


@dataclass(frozen=True)
class Dataset:
    """One set of data. `pages` returns rows behind a place, and where the next ones begin."""

    key: str
    meaning: str
    columns: tuple[Column, ...]
    pages: Pages
    facts: tuple[type[SQLModel], str] | None = None
    """The table of facts and its moment, when rows are facts."""


def _columns(text: str, **kinds: str) -> tuple[Column, ...]:
    kind_of = {name: Kind(kind) for kind, names in kinds.items() for name in names.split()}
    return tuple(Column(name, kind_of.get(name, Kind.TEXT)) for name in text.split())


def _facts(model: type[SQLModel], at: str, ids: tuple[str, ...], columns: Sequence[Column]) -> Pages:
    """Return pages over a table of facts in the order of its moment and key."""
    table: Any = model
    order = [getattr(table, name) for name in (at, *ids)]

    async def pages(tx: Tx, asked: Asked, _: int, after: After) -> tuple[Rows, After]:
        conditions = within(tx, model, at, period_of(tx, asked), asked)
        if after is not None:
            first, *rest = zip(order, after, strict=True)
            conditions.append(or_(first[0] > first[1], and_(first[0] == first[1], _behind(rest))))
        shown = {column.name for column in columns} | {at, *ids}
        chosen = select(*(getattr(table, name) for name in sorted(shown))).where(*conditions).order_by(*order).limit(PAGE)
        rows = await tx.rows(chosen)
        last = tuple(rows[-1][name] for name in (at, *ids)) if len(rows) == PAGE else None
        return [dict(row) for row in rows], last

    return pages


def _behind(pairs: Sequence[tuple[Any, Any]]) -> Any:
    (column, value), *rest = pairs
    return or_(column > value, and_(column == value, _behind(rest))) if rest else column > value


async def _figures(tx: Tx, asked: Asked, minimum: int, _: After) -> tuple[Rows, After]:
    return [_figure(await metric_with_all_weights(tx, key, asked, minimum)) for key in DEFINITIONS], None


def _figure(view: MetricView) -> dict[str, Any]:
    plain = view.model_dump(mode="python")
    ways = {"raw": view.raw, "weighted": view.weighted, "non_response": view.non_response}
    parts: dict[str, Any] = {}
    for name, found in ways.items():
        interval = None if found is None else found.interval
        parts |= {f"{name}_value": None if found is None else found.value}
        parts |= {f"{name}_low": None if interval is None else interval.low, f"{name}_high": None if interval is None else interval.high}
    method = None if view.interval is None else view.interval.method
    return {**plain, **parts, "method": method, "start": view.period.start, "end": view.period.end}


async def _days(tx: Tx, asked: Asked, _: int, __: After) -> tuple[Rows, After]:
    period = period_of(tx, asked)
    first, found = day_of(period.start), []
    for key in ("csat", "dsat", "ces", "resolution"):
        definition = DEFINITIONS[key]
        for day, (good, n) in (await daily(tx, definition, period, asked)).items():
            start = max(period.start, begin_of(first + day))
            found.append({"definition_id": definition.definition_id, "day": start, "numerator": good, "n": n, "value": good / n, **_ends(good, n)})
    return found, None


def _ends(good: int, n: int) -> dict[str, float]:
    interval = wilson(good / n, n)
    return {"low": interval.low, "high": interval.high}


async def _drivers(tx: Tx, asked: Asked, minimum: int, _: After) -> tuple[Rows, After]:
    rows = []
    for one in await drivers(tx, asked, minimum):
        csat, negative = one.csat, one.negative
        money = {"cost": None if one.cost is None else float(one.cost.amount), "currency": None if one.cost is None else one.cost.currency}
        rows.append(
            {**one.model_dump(), **money, **_shares(csat=csat, negative=negative), "start": one.period.start, "end": one.period.end},
        )
    return rows, None


def _shares(**shares: ShareView) -> dict[str, Any]:
    """Return each share's value, number, interval and weighted value as cells."""
    cells: dict[str, Any] = {}
    for name, one in shares.items():
        low, high = (None, None) if one.interval is None else (one.interval.low, one.interval.high)
        weighted = None if one.weighted is None else one.weighted.value
        own = {"n": one.n, "n_effective": one.n_effective, "low": low, "high": high, "weighted": weighted, "withheld": one.withheld}
        cells |= {name: one.value, **{f"{name}_{part}": value for part, value in own.items()}}
    return cells


async def _charges(tx: Tx, asked: Asked, _: int, __: After) -> tuple[Rows, After]:
    found = await charge_back(tx, asked)
    shared = {"currency": found.currency, "start": found.period.start, "end": found.period.end}
    return [{**one.model_dump(), **shared} for one in found.charges], None


CONTACTS = _columns(
    "contact_id ended_at channel queue topic team site vendor driver department product segment articles_used handle_ms cost_cents resolved"
    " transfers waited_ms",
    moment="ended_at",
    whole="articles_used handle_ms cost_cents transfers waited_ms",
)
ANSWERS = _columns(
    "response_id question answered_at kind dimension mark place flagged probability programme survey mode language team site vendor queue topic"
    " driver department product segment",
    moment="answered_at",
    whole="place",
    number="probability",
    yes_no="flagged",
)
FEEDBACK = _columns(
    "item_id said_at source kind sentiment severity driver department driver_by_person product team site vendor segment score scale_max",
    moment="said_at",
    whole="severity",
    number="score scale_max",
    yes_no="driver_by_person",
)


def _of_facts(key: str, meaning: str, columns: tuple[Column, ...], model: type[SQLModel], at: str, *ids: str) -> Dataset:
    return Dataset(key, meaning, columns, _facts(model, at, ids, columns), (model, at))


_SETS = (
    _of_facts("contacts", "Ended contacts, one a row, without anybody's name.", CONTACTS, ContactFact, "ended_at", "contact_id"),
    _of_facts("answers", "Scored answers, flagged ones too.", ANSWERS, AnswerFact, "answered_at", "response_id", "question"),
    _of_facts("feedback", "Feedback with its categories, without its words.", FEEDBACK, FeedbackFact, "said_at", "item_id"),
    Dataset(
        "figures",
        "All figures of the period: definition, numerator, n, effective n, interval, method, raw beside weighted.",
        _columns(
            "definition_id name unit start end numerator denominator n n_effective value raw_low raw_high method weighted_value weighted_low"
            " weighted_high non_response_value non_response_low non_response_high mean flagged_left_out without_probability withheld",
            moment="start end",
            whole="numerator denominator n flagged_left_out without_probability",
            number="n_effective value raw_low raw_high weighted_value weighted_low weighted_high"
            " non_response_value non_response_low non_response_high mean",
        ),
        _figures,
    ),
    Dataset(
        "days",
        "Shares day by day: numerator and n, so that they can be added up anew.",
        _columns("definition_id day numerator n value low high", moment="day", whole="numerator n", number="value low high"),
        _days,
    ),
    Dataset(
        "drivers",
        "Drivers with contacts, minutes, cost, satisfaction and follow-ups.",
        _columns(
            "driver department contacts handle_minutes cost currency unpriced_contacts csat csat_n negative negative_n follow_ups_open"
            " follow_ups_overdue start end csat_n_effective csat_low csat_high csat_weighted csat_withheld"
            " negative_low negative_high negative_withheld",
            whole="contacts unpriced_contacts csat_n negative_n follow_ups_open follow_ups_overdue",
            number="handle_minutes cost csat negative csat_n_effective csat_low csat_high csat_weighted negative_low negative_high",
            moment="start end",
        ),
        _drivers,
    ),
    Dataset(
        "charge-back",
        "What every department is charged.",
        _columns(
            "department name contacts handle_seconds amount currency share unpriced_contacts disputed_contacts budget budget_share start end",
            moment="start end",
            whole="contacts unpriced_contacts disputed_contacts",
            number="handle_seconds amount share budget budget_share",
        ),
        _charges,
    ),
)
DATASETS = {one.key: one for one in _SETS}


def dataset(key: str) -> Dataset:
    """Return a set of data; raises NotFound."""
    if key not in DATASETS:
        raise NotFound(f"There is no export of that name. There are: {', '.join(DATASETS)}.")
    return DATASETS[key]


def checked(rows: int) -> None:
    """Refuse more rows than an export may hold; raises ExportTooLarge."""
    if rows > MOST_ROWS:
        raise ExportTooLarge(f"The export has more than {MOST_ROWS:,} rows. Ask for a shorter period, or one site at a time.", pointer="/from")


async def page(tx: Tx, key: str, asked: Asked, minimum: int, after: After) -> tuple[Rows, After]:
    """Return one page of a set of data and where the next one begins."""
    rows, last = await DATASETS[key].pages(tx, asked, minimum, after)
    return [{name: str(value) if isinstance(value, UUID) else value for name, value in row.items()} for row in rows], last


async def fixed(tx: Tx, key: str, asked: Asked) -> Asked:
    """Return what was asked with its period filled in, so that all pages have the same one; raises ExportTooLarge before anything is sent."""
    period = period_of(tx, asked)
    if (facts := DATASETS[key].facts) is not None:
        checked(await tx.scalar(select(func.count()).select_from(facts[0]).where(*within(tx, *facts, period, asked))))
    return Asked(period.start, period.end, asked.filters)
