"""How far figures moved against the comparison period, with the interval of the difference."""

import math

from services.insight.contract import ChangeView, IntervalView
from services.insight.domain.intervals import LEVEL, Interval, moved_by, newcombe, quantile
from services.insight.domain.period import Period
from services.insight.queries.metrics import interval_view

Known = tuple[float | None, IntervalView | None]


def _interval(found: IntervalView) -> Interval:
    return Interval(found.low, found.high, found.method, found.level)


def moved(before: Known, now: Known) -> ChangeView | None:
    """Return the difference of two estimates; None while either is withheld."""
    (was, first), (value, second) = before, now
    if was is None or first is None or value is None or second is None:
        return None
    return ChangeView(difference=value - was, interval=interval_view(moved_by((was, _interval(first)), (value, _interval(second)))), before=was)


def share_moved(before: tuple[int, int], now: tuple[int, int]) -> ChangeView | None:
    """Return the difference of two shares, each (good, n), with Newcombe's interval; None when either side has no answers."""
    if not before[1] or not now[1]:
        return None
    was, value = before[0] / before[1], now[0] / now[1]
    return ChangeView(difference=value - was, interval=interval_view(newcombe((was, before[1]), (value, now[1]))), before=was)


def rate_change(before: tuple[int, float], after: tuple[int, float]) -> Interval | None:
    """Return the interval of the relative change of two Poisson rates (count, days) on the log scale; None when either saw nothing."""
    if not (before[0] and after[0] and before[1] and after[1]):
        return None
    ratio = math.log(after[0] / after[1]) - math.log(before[0] / before[1])
    half = quantile(LEVEL) * math.sqrt(1 / before[0] + 1 / after[0])
    return Interval(math.exp(ratio - half) - 1, math.exp(ratio + half) - 1, "poisson_ratio", LEVEL)


def contacts_moved(before: tuple[int, Period], now: tuple[int, Period]) -> IntervalView | None:
    """Return the interval of the relative change of contacts a day; None when either period saw none."""
    sides = [(count, (period.end - period.start).total_seconds()) for count, period in (before, now)]
    found = rate_change(sides[0], sides[1])
    return None if found is None else interval_view(found)
