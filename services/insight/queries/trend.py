"""Has a figure changed within the period, and when."""

from collections import defaultdict

from sqlalchemy import func, select

from services.insight.contract import MetricView, PointView, TrendView
from services.insight.domain.definitions import DEFINITIONS, Definition, Unit
from services.insight.domain.intervals import wilson
from services.insight.domain.period import Asked, Period, begin_of, day_of
from services.insight.domain.statistics.change import Change, detect
from services.insight.queries.metrics import interval_view, metric
from services.insight.queries.moved import share_moved
from services.insight.queries.narrow import compared_with, period_of
from services.insight.queries.summed import summed
from services.insight.repository.rollups import ANSWERS
from services.kit.db import Tx
from services.kit.errors import NotFound, Refused

MOST_DAYS = 800
SEED = 2026
METHOD = "best split against the best splits of a draw without replacement (permutation test); Wilson intervals of days"


class SpanTooLong(Refused):
    """A daily series goes over at most 800 days."""

    code = "trend_span_too_long"


async def daily(tx: Tx, definition: Definition, period: Period, asked: Asked) -> dict[int, tuple[int, int]]:
    """Return (good, n) by day number from the begin of the period; days without answers are missing."""
    sums = await summed(tx, ANSWERS, period, asked, by=("mark",), width=1, kinds=[definition.question_kind])
    grouped = select(sums.c.bucket, sums.c.mark, func.sum(sums.c.answers).label("answers"))
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for row in await tx.rows(grouped.group_by(sums.c.bucket, sums.c.mark)):
        if row["mark"] in definition.valid:
            pair = found[int(row["bucket"])]
            pair[1] += int(row["answers"])
            pair[0] += int(row["answers"]) if row["mark"] in definition.good else 0
    return {day: (good, n) for day, (good, n) in sorted(found.items()) if n}


async def trend(tx: Tx, key: str, asked: Asked, rate: float, minimum: int) -> TrendView:
    """Return the daily series and the likeliest change; raises NotFound, SpanTooLong."""
    definition = DEFINITIONS.get(key)
    if definition is None or definition.unit is not Unit.SHARE:
        raise NotFound("There is no share of that name. A trend is of csat, dsat, ces or resolution.")
    period = period_of(tx, asked)
    if (period.end - period.start).days > MOST_DAYS:
        raise SpanTooLong(f"Ask for at most {MOST_DAYS} days.", pointer="/from")
    series = await daily(tx, definition, period, asked)
    days = list(series)
    found = detect([series[day][0] for day in days], [series[day][1] for day in days], rate=rate, seed=SEED)
    first = day_of(period.start)
    points = [
        PointView(start=max(period.start, begin_of(first + day)), value=good / n, numerator=good, n=n, interval=interval_view(wilson(good / n, n)))
        for day, (good, n) in series.items()
    ]
    past = compared_with(asked, period)
    before = await daily(tx, definition, past, asked)
    whole = await metric(tx, key, asked, minimum)
    return _view(definition, whole, (points, _whole(before), _whole(series), asked), found, rate)


Whole = tuple[int, int]
"""Good answers and answers of a whole series."""


def _whole(series: dict[int, Whole]) -> Whole:
    return sum(good for good, _ in series.values()), sum(n for _, n in series.values())


def _view(
    definition: Definition, figure: MetricView, seen: tuple[list[PointView], Whole, Whole, Asked], found: Change | None, rate: float
) -> TrendView:  # fmt: skip
    points, before, whole, asked = seen
    at = points[found.at].start if found else None
    return TrendView(
        definition_id=definition.definition_id,
        figure=figure,
        period=figure.period,
        compared_with=figure.compared_with,
        change=share_moved(before, whole),
        points=points,
        changed_at=at,
        before=found.before if found else None,
        after=found.after if found else None,
        p=found.p if found else None,
        false_alarm_rate=rate,
        alarms=bool(found and found.alarms),
        sentence=_sentence(definition, points, found, rate),
        filters=dict(asked.filters),
        numerator=whole[0],
        n=whole[1],
        method=METHOD,
    )


def _sentence(definition: Definition, points: list[PointView], found: Change | None, rate: float) -> str:
    if found is None:
        return f"{definition.name}: {len(points)} days with answers are too few to look for a change; six are needed."
    moved = f"from {found.before:.1%} to {found.after:.1%} on {points[found.at].start:%Y-%m-%d}"
    if found.alarms:
        return f"{definition.name} changed {moved} (p = {found.p:.3f}; {rate:.0%} of periods without any change would raise this alarm)."
    return f"{definition.name}: no change to speak of. The likeliest would be {moved} (p = {found.p:.2f})."
