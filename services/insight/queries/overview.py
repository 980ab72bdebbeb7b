"""The overview: eight figures beside those of the comparison period, four series, what costs most, and the sites' funnel; from sums alone."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import (
    MoneyView,
    OverviewView,
    ParetoView,
    PointView,
    SeriesView,
    TileView,
)
from services.insight.domain.charge import amount
from services.insight.domain.definitions import CSAT, DEFINITIONS, RESOLUTION, Definition
from services.insight.domain.figures import Heard, Sum, figure
from services.insight.domain.intervals import wilson
from services.insight.domain.period import WEEK, Asked, Period, begin_of, begin_of_bucket, bucket_of, day_of
from services.insight.models import FollowUpFact
from services.insight.queries.funnels import NUMBERS, Counts, judged_funnel, sum_of
from services.insight.queries.metrics import change, interval_view
from services.insight.queries.narrow import compared_with, period_of, quoted
from services.insight.queries.placed import duties
from services.insight.queries.summed import summed
from services.insight.repository.rollups import ANSWERS, CONTACTS
from services.kit.db import Tx

MOST_POINTS = 60
PARETO = 20
Marks = dict[str, list[Sum]]


def _numbers(found: Any, names: Sequence[str]) -> list[Any]:
    return [func.sum(found.c[name]).label(name) for name in names]


async def _marks(tx: Tx, period: Period, asked: Asked) -> tuple[Marks, Counts]:
    """Return the answers of a period by kind of question, and satisfaction by site; one read for both."""
    sums = await summed(tx, ANSWERS, period, asked, by=("kind", "mark", "site"))
    keys = (sums.c.kind, sums.c.mark, sums.c.site)
    rows = await tx.rows(select(*keys, *_numbers(sums, NUMBERS)).group_by(*keys))
    added: dict[tuple[str, str], list[Any]] = defaultdict(lambda: [0, 0, 0.0, 0.0])
    sites: Counts = defaultdict(Heard)
    for row in sorted(rows, key=lambda row: (row["kind"], row["mark"], row["site"])):
        pair = added[row["kind"], row["mark"]]
        for place, name in enumerate(NUMBERS):
            pair[place] += row[name]
        if row["kind"] == CSAT.question_kind and row["mark"] in CSAT.valid and row["site"]:
            sites[row["site"]].add(sum_of(row), is_good=row["mark"] in CSAT.good)
    found: Marks = defaultdict(list)
    for (kind, mark), (answers, known, weight, squares) in added.items():
        found[kind].append(Sum(mark, int(answers), int(known), float(weight), float(squares)))
    return found, sites


async def _contacts(tx: Tx, period: Period, asked: Asked) -> list[Any]:
    """Return contacts, cents and who causes them, by driver."""
    sums = await summed(tx, CONTACTS, period, asked, by=("driver", "department"))
    department = func.max(func.nullif(sums.c.department, "")).label("department")
    return list(await tx.rows(select(sums.c.driver, department, *_numbers(sums, list(CONTACTS.numbers))).group_by(sums.c.driver)))


def _tile(definition: Definition, now: Marks, then: Marks, minimum: int) -> TileView:
    present = figure(definition, now.get(definition.question_kind, []), minimum=minimum)
    past = figure(definition, then.get(definition.question_kind, []), minimum=minimum)
    return TileView(
        key=definition.key,
        name=definition.name,
        definition_id=definition.definition_id,
        unit=definition.unit,
        higher_is_better=definition.higher_is_better,
        value=present.raw.value if present.raw else None,
        interval=interval_view(present.raw.interval) if present.raw else None,
        weighted=present.weighted.value if present.weighted else None,
        numerator=present.numerator,
        n=present.denominator,
        n_effective=present.n_effective,
        withheld=present.withheld,
        change=change(definition, present, past),
        before=past.raw.value if past.raw else None,
    )


def _plain(key: str, name: str, unit: str, value: float, past: float | None) -> TileView:
    """Return a counted figure: nothing is estimated, so there is no interval."""
    return TileView(
        key=key,
        name=name,
        definition_id=f"{key}@1",
        unit=unit,
        higher_is_better=False,
        value=value,
        interval=None,
        weighted=None,
        numerator=None,
        n=int(value) if unit == "count" else 0,
        n_effective=0.0,
        withheld=None,
        change=None,
        before=past,
    )


async def _overdue(tx: Tx, asked: Asked) -> int:
    late = (col(FollowUpFact.closed_at).is_(None), col(FollowUpFact.due_at) < tx.now)
    return int(await tx.scalar(select(func.count()).select_from(FollowUpFact).where(*late, *duties(tx, asked))))


def point_width(period: Period) -> int:
    """Return how many days a point of a series covers: one, or so many whole weeks that there are about 60 points."""
    days = max(1, (period.end - period.start).days)
    if days <= MOST_POINTS:
        return 1
    return WEEK * -(-days // (WEEK * MOST_POINTS))


async def answer_series(tx: Tx, period: Period, asked: Asked, width: int, wanted: Sequence[Definition] = (CSAT, RESOLUTION)) -> list[SeriesView]:
    """Return shares over time; figures of one kind of question are counted from the same answers."""
    sums = await summed(tx, ANSWERS, period, asked, by=("kind", "mark"), width=width, kinds=sorted({one.question_kind for one in wanted}))
    grouped = select(sums.c.bucket, sums.c.kind, sums.c.mark, func.sum(sums.c.answers).label("answers"))
    counts: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in await tx.rows(grouped.group_by(sums.c.bucket, sums.c.kind, sums.c.mark)):
        for definition in wanted:
            if row["kind"] == definition.question_kind and row["mark"] in definition.valid:
                pair = counts[definition.key, int(row["bucket"])]
                pair[1] += int(row["answers"])
                pair[0] += int(row["answers"]) if row["mark"] in definition.good else 0
    return [_shares(definition, counts, period, width) for definition in wanted]


def _shares(definition: Definition, counts: dict[tuple[str, int], list[int]], period: Period, width: int) -> SeriesView:
    points = []
    for (key, bucket), (good, n) in sorted(counts.items()):
        if key == definition.key and n:
            interval = interval_view(wilson(good / n, n))
            points.append(PointView(start=_start(period, bucket, width), value=good / n, numerator=good, n=n, interval=interval))
    shown = {"key": definition.key, "name": definition.name, "definition_id": definition.definition_id, "unit": definition.unit}
    return SeriesView.model_validate({**shown, "days_per_point": width, "points": points})


def _start(period: Period, bucket: int, width: int) -> Any:
    first = bucket_of(day_of(period.start), width)
    return max(period.start, begin_of(begin_of_bucket(first + bucket, width)))


async def contact_series(tx: Tx, period: Period, asked: Asked, width: int) -> list[SeriesView]:
    """Return contacts and their cost over time."""
    sums = await summed(tx, CONTACTS, period, asked, by=(), width=width)
    grouped = select(sums.c.bucket, *_numbers(sums, ["contacts", "cents"])).group_by(sums.c.bucket).order_by(sums.c.bucket)
    rows = await tx.rows(grouped)
    made: dict[str, list[PointView]] = {"contacts": [], "cost": []}
    for row in rows:
        start, n = _start(period, int(row["bucket"]), width), int(row["contacts"])
        if n == 0:
            continue
        made["contacts"].append(PointView(start=start, value=float(n), numerator=None, n=n, interval=None))
        made["cost"].append(PointView(start=start, value=int(row["cents"]) / 100, numerator=None, n=n, interval=None))
    units = {"contacts": ("Contacts", "count"), "cost": ("Cost of contacts", "money")}
    return [
        SeriesView(key=key, name=units[key][0], definition_id=f"{key}@1", unit=units[key][1], days_per_point=width, points=made[key]) for key in made
    ]


def _by_cost(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (-int(row["cents"]), -int(row["contacts"]), row["driver"] or "~"))


async def dearest(tx: Tx, period: Period, asked: Asked) -> tuple[list[Any], str | None]:
    """Return every driver's contacts and cents, the dearest first, and the currency."""
    return _by_cost(await _contacts(tx, period, asked)), await repository.currency(tx)


def _pareto(rows: Sequence[Any], currency: str | None) -> list[ParetoView]:
    """Return drivers by cost, then contacts, with the share that they and all dearer ones make up."""
    known = _by_cost(rows)
    whole, contacts = sum(int(row["cents"]) for row in known), sum(int(row["contacts"]) for row in known)
    found, running = [], 0
    for row in known[:PARETO]:
        running += int(row["cents"]) if whole else int(row["contacts"])
        cost = MoneyView(amount=amount(int(row["cents"])), currency=currency) if currency else None
        share = running / (whole or contacts or 1)
        found.append(
            ParetoView(driver=row["driver"] or None, department=row["department"], contacts=int(row["contacts"]), cost=cost, cumulative_share=share)
        )
    return found


async def overview(tx: Tx, asked: Asked, minimum: int) -> OverviewView:
    """Return the whole overview of a period and of the one before it, within the reader's limits."""
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    (now, sites), (then, old_sites) = await _marks(tx, period, asked), await _marks(tx, past, asked)
    rows, old = await _contacts(tx, period, asked), await _contacts(tx, past, asked)
    currency = await repository.currency(tx)
    width = point_width(period)
    tiles = [_tile(DEFINITIONS[key], now, then, minimum) for key in ("csat", "dsat", "nps", "ces", "resolution")]
    cents, contacts = ([sum(int(row[name]) for row in side) for side in (rows, old)] for name in ("cents", "contacts"))
    tiles += [
        _plain("contacts", "Contacts", "count", contacts[0], contacts[1]),
        _plain("cost", "Cost of contacts", "money", cents[0] / 100, cents[1] / 100),
        _plain("overdue", "Follow-ups overdue now", "count", await _overdue(tx, asked), None),
    ]
    return OverviewView(
        definitions={"contacts": "contacts@1", "cost": "cost@1"},
        currency=currency,
        figures=tiles,
        series=[*(await answer_series(tx, period, asked, width)), *(await contact_series(tx, period, asked, width))],
        pareto=_pareto(rows, currency),
        funnel=judged_funnel(CSAT, (old_sites, sites), "site", (past, period), asked),
        **quoted(period, past, asked),
    )
