"""From values to places on the picture, and the round numbers that stand on an axis."""

import math
from dataclasses import dataclass

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale: `low` lies at `first`, `high` at `last`, in picture units."""

    low: float
    high: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        """Return the place of a value; a scale without width puts everything in its middle."""
        width = self.high - self.low
        part = (value - self.low) / width if width else 0.5
        return self.first + part * (self.last - self.first)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return about `most` round numbers from at or below `low` to at or above `high`."""
    width = (high - low) or abs(high) or 1.0
    raw = width / max(1, most - 1)
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in _ROUND if size * factor >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def chosen(count: int, most: int) -> list[int]:
    """Return at most `most` of `count` places, evenly, the last one always among them."""
    if count <= most:
        return list(range(count))
    step = math.ceil(count / most)
    return sorted({count - 1 - place for place in range(0, count, step)})
