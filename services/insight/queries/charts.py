"""What the charts show: the same figures as behind the other doors, drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from services.insight.contract import CycleHealthView, FunnelView, KeyDriversView, ProcessView, SeriesView
from services.insight.domain.charts.chart import Chart
from services.insight.domain.charts.cycle import CycleShown, StageShown, draw_cycle
from services.insight.domain.charts.funnel import FunnelShown, Mixed, Spot, draw_funnel
from services.insight.domain.charts.importance import Weight, draw_importance
from services.insight.domain.charts.pareto import Cause, draw_pareto
from services.insight.domain.charts.process_map import Step, draw_process
from services.insight.domain.charts.trend import Dot, Line, draw_trend
from services.insight.domain.charts.words import Words
from services.insight.domain.cycle import State
from services.insight.domain.definitions import DEFINITIONS
from services.insight.domain.intervals import Interval
from services.insight.domain.period import Asked, Period
from services.insight.models import Initiative
from services.insight.queries.adjusted import USUAL_MIX, adjusted_places
from services.insight.queries.narrow import period_of
from services.insight.queries.overview import answer_series, contact_series, dearest, point_width
from services.insight.queries.places import places
from services.insight.repository.limits import is_limited
from services.kit.db import Tx
from services.kit.errors import NotFound

SERIES = ("csat", "dsat", "ces", "resolution", "contacts", "cost")
MOST_CHANGES = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be drawn and how: for which figure, by which kind of place, with which goal, for a reader of which language."""

    metric: str = "csat"
    by: str = "site"
    goal: float | None = None
    language: str = "en"
    mix: tuple[str, ...] = USUAL_MIX


async def trend_chart(tx: Tx, asked: Asked, wish: Wish) -> Chart:
    """Draw a figure over the period, with the initiatives that started in it; raises NotFound."""
    period = period_of(tx, asked)
    width = point_width(period)
    if wish.metric not in SERIES:
        raise NotFound(f"There is no series of that name. There are: {', '.join(SERIES)}.")
    definition = DEFINITIONS.get(wish.metric)
    found = [] if definition is None else await answer_series(tx, period, asked, width, [definition])
    if definition is None:
        found = [one for one in await contact_series(tx, period, asked, width) if one.key == wish.metric]
    currency = (await dearest(tx, period, asked))[1] if wish.metric == "cost" else None
    return draw_trend(_line(found[0], currency, wish.goal, await _changes(tx, period)), Words(wish.language))


async def _changes(tx: Tx, period: Period) -> list[tuple[datetime, str]]:
    """Return what was started within the period; a reader of some sites only is not told about the others' changes."""
    if is_limited(tx):
        return []
    begun = (col(Initiative.started_at) >= period.start, col(Initiative.started_at) < period.end)
    order = select(col(Initiative.started_at), col(Initiative.title)).where(*begun).order_by(col(Initiative.started_at).desc()).limit(MOST_CHANGES)
    return [(row["started_at"], row["title"]) for row in reversed(await tx.rows(order))]


def _interval(found: object) -> Interval:
    return Interval(*(getattr(found, name) for name in ("low", "high", "method", "level")))


def _line(found: SeriesView, currency: str | None, goal: float | None, changes: Sequence[tuple[datetime, str]]) -> Line:
    dots = [Dot(one.start, one.value, one.n, None if one.interval is None else _interval(one.interval)) for one in found.points]
    return Line(found.key, found.unit, found.days_per_point, dots, currency, goal, changes)


async def pareto_chart(tx: Tx, asked: Asked, wish: Wish) -> Chart:
    """Draw drivers by cost, or by contacts while nothing has a price."""
    rows, currency = await dearest(tx, period_of(tx, asked), asked)
    priced = currency is not None and any(row["cents"] for row in rows)
    words = Words(wish.language)
    causes = [
        Cause(
            row["driver"] or words.said.unknown_driver,
            row["department"],
            int(row["contacts"]),
            int(row["cents"]) / 100 if priced else int(row["contacts"]),
        )
        for row in rows
    ]
    return draw_pareto(causes, words, currency=currency, priced=priced)


async def funnel_chart(tx: Tx, asked: Asked, wish: Wish) -> Chart:
    """Draw sites, vendors or teams around their common share; raises NotFound."""
    if wish.by == "agent":
        raise NotFound("Agents are compared in the adjusted funnel alone: their work differs.")
    found: FunnelView = await places(tx, wish.metric, wish.by, asked)
    definition = DEFINITIONS[wish.metric]
    spots = [Spot(one.key, one.good, one.n, one.share, one.signal, one.adjusted_p) for one in found.places]
    shown = FunnelShown(definition.key, wish.by, found.centre, found.inflation, spots, found.too_few, definition.higher_is_better)
    return draw_funnel(shown, Words(wish.language))


async def adjusted_chart(tx: Tx, asked: Asked, wish: Wish) -> Chart:
    """Draw places by observed / expected, as if all had the same work; raises NotFound, Forbidden."""
    found = await adjusted_places(tx, wish.metric, wish.by, wish.mix, asked)
    definition = DEFINITIONS[wish.metric]
    mixed = [Mixed(one.expected, one.weight, None if one.interval is None else _interval(one.interval)) for one in found.places]
    spots = [Spot(one.key, one.good, one.n, one.ratio, one.signal, one.adjusted_p, fact) for one, fact in zip(found.places, mixed, strict=True)]
    shown = FunnelShown(definition.key, wish.by, found.centre, found.inflation, spots, found.too_few, definition.higher_is_better, found.mix)
    return draw_funnel(shown, Words(wish.language))


def importance_chart(found: KeyDriversView, wish: Wish) -> Chart:
    """Draw what moves satisfaction."""
    weights = [
        Weight(one.driver, one.answers, one.lmg, Interval(one.low, one.high, "bootstrap", 0.95), one.satisfied)
        for one in found.drivers
    ]  # fmt: skip
    return draw_importance(weights, Words(wish.language), n=found.n)


def cycle_chart(found: CycleHealthView, wish: Wish, now: datetime) -> Chart:
    """Draw the six stages as they stand now."""
    stages = [
        StageShown(
            one.stage, one.numerator, one.n, one.value, None if one.interval is None else _interval(one.interval), one.threshold, State(one.state),
            one.since,
        )
        for one in found.stages
    ]  # fmt: skip
    return draw_cycle(CycleShown(stages, now, found.flagged_answers, found.opted_out), Words(wish.language))


def process_chart(found: ProcessView, language: str) -> Chart:
    """Draw a process with its figures."""
    steps = [
        Step(one.name, one.drivers, one.contacts, float(one.amount), one.waited_minutes, one.repeat_share, one.bottleneck) for one in found.steps
    ]
    return draw_process(found.name, steps, Words(language), currency=found.currency)
