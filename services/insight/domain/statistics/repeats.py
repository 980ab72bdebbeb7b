"""How many come back? The share with another contact within a window, when the last contacts have not had the whole window yet.

Kaplan and Meier (1958): contacts that are still young count for as long as they were seen; leaving them out, or counting them as
solved, makes the newest weeks look better than they are. Interval: Greenwood's variance on the log-log scale.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.insight.domain.intervals import LEVEL, Interval, quantile


@dataclass(frozen=True, slots=True)
class RepeatRate:
    """The share that came back within the window; `seen_whole` of `n` contacts are old enough to be sure of."""

    value: float
    interval: Interval
    n: int
    repeats: int
    seen_whole: int


def repeat_rate(days: Sequence[float], came_back: Sequence[bool], window: float, *, level: float = LEVEL) -> RepeatRate:
    """Return P(again within `window` days). `days` is the time to the next contact, or, without one, the time seen so far.

    Raises ValueError when there is nothing to look at.
    """
    if not days:
        raise ValueError("no contacts, no repeat rate")
    time, event = np.asarray(days, dtype=np.float64), np.asarray(came_back, dtype=bool)
    event &= time <= window
    stayed, greenwood = 1.0, 0.0
    for moment in np.unique(time[event]):
        at_risk, back = int((time >= moment).sum()), int((event & (time == moment)).sum())
        stayed *= 1 - back / at_risk
        greenwood += back / (at_risk * (at_risk - back)) if at_risk > back else 0.0
    whole = int((event | (time >= window)).sum())
    return RepeatRate(1 - stayed, _interval(stayed, greenwood, len(time), level), len(time), int(event.sum()), whole)


def _interval(stayed: float, greenwood: float, n: int, level: float) -> Interval:
    if not 0 < stayed < 1:
        edge = 1 - 0.5 ** (1 / max(n, 1)) if level <= 0 else 1 - ((1 - level) / 2) ** (1 / max(n, 1))
        return Interval(0.0, edge, "kaplan_meier", level) if stayed == 1 else Interval(1 - edge, 1.0, "kaplan_meier", level)
    half = quantile(level) * math.sqrt(greenwood) / abs(math.log(stayed))
    low, high = stayed ** math.exp(-half), stayed ** math.exp(half)
    return Interval(1 - low, 1 - high, "kaplan_meier", level)
