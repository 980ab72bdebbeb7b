"""Bootstrap with a seed: the same data and seed give the same interval everywhere."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from services.insight.domain.intervals import LEVEL, Interval

Vector = npt.NDArray[np.float64]


def bootstrap(data: Vector, statistic: Callable[[Vector], float], *, seed: int, draws: int = 1000, level: float = LEVEL) -> Interval:
    """Return the percentile interval of a statistic over rows drawn with replacement (Efron 1979)."""
    rng, n = np.random.default_rng(seed), len(data)
    found = np.array([statistic(data[rng.integers(0, n, n)]) for _ in range(draws)])
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high), "bootstrap", level)
