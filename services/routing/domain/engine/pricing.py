"""What it costs the rest to use an agent: load over capacity of all the work that the agent's group could do, the dearest group being 1."""

import math
from dataclasses import dataclass

import numpy as np

from services.routing.domain.engine.benches import Benches
from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.rows import Pairs
from services.routing.domain.engine.tables import Floats, Ints

PRICE_EVERY_S = 60.0
MEMORY_S = 3600.0
"""Arrivals fade with this time constant."""


@dataclass(frozen=True, slots=True)
class _Served:
    """Classes that somebody serves at once: by how many groups each, and by which, one class after the other."""

    of_classes: list[int]
    of_groups: int
    """What this was read from: the classes with traffic, and how many groups there were."""
    cls: Ints
    many: Ints
    groups: Ints


class Pricing:
    """Prices groups by the traffic of the last hour; `opp_g = sum over classes served at once of load_c / capacity_c`."""

    def __init__(self, pairs: Pairs, lines: Lines, benches: Benches) -> None:
        self.priced_at = -math.inf
        self.rates: dict[int, float] = {}
        """Faded arrivals per second by class."""
        self._pairs = pairs
        self._lines = lines
        self._benches = benches
        self._served: _Served | None = None

    def price(self, now: float) -> None:
        """Bring the prices up to date."""
        elapsed = now - self.priced_at
        if not math.isfinite(elapsed):
            elapsed = MEMORY_S
        keep = math.exp(-elapsed / MEMORY_S)
        for cls, arrived in enumerate(self._lines.arrivals):
            if arrived or cls in self.rates:
                self.rates[cls] = self.rates.get(cls, 0.0) * keep + arrived / max(elapsed, 1.0) * (1.0 - keep)
                self._lines.arrivals[cls] = 0.0
        self.priced_at = now
        self._spread()

    def told(self, now: float, rates: dict[int, float]) -> None:
        """Take the arrivals per second by class from elsewhere, and bring the prices up to date."""
        self.rates, self.priced_at = rates, now
        self._spread()

    def _spread(self) -> None:
        benches, traffic = self._benches, dict.fromkeys(self._lines.queues, 0.0)
        for cls, rate in self.rates.items():
            traffic[self._lines.specs[cls].queue] += rate * 3600
        self._lines.judge_patience()
        for key, per_hour in traffic.items():
            self._lines.note_traffic(key, per_hour)
        on_shift, served = benches.on_shift, self._served_at_once()
        price: Floats = np.zeros(len(benches.opportunity))
        if served.cls.size:
            rates = np.array([self.rates[each] for each in served.cls.tolist()])
            load = rates * (self._lines.handle[served.cls] + self._lines.wrap[served.cls])
            capacity = np.add.reduceat(on_shift[served.groups], np.cumsum(served.many) - served.many)
            share: Floats = np.divide(load, capacity, out=np.zeros(len(load)), where=capacity > 0)
            price += np.bincount(served.groups, np.repeat(share, served.many), len(price))
        dearest = float(price[on_shift > 0].max(initial=0.0))
        whole = np.array(benches.full_of_group, dtype=np.intp)
        benches.opportunity[: len(whole)] = (price / dearest)[whole] if dearest > 0 else 0.0

    def _served_at_once(self) -> _Served:
        """Return who serves at once the classes that have traffic: the same as before as long as there are no more classes and groups."""
        known, groups = self._served, self._pairs.groups.size
        if known is None or known.of_groups != groups or known.of_classes != list(self.rates):
            found = []
            for cls in self.rates:
                row = self._pairs.of_class(cls)
                if row.rings and row.rings[0][0] <= 0:
                    found.append((cls, row.group[: row.rings[0][2]]))
            known = self._served = _Served(
                list(self.rates),
                groups,
                np.array([cls for cls, _ in found], dtype=np.intp),
                np.array([len(some) for _, some in found], dtype=np.intp),
                np.concatenate([np.empty(0, dtype=np.intp), *(some for _, some in found)]),
            )
        return known
