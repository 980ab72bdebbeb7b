"""What it costs the rest to use an agent: load over capacity of all the work that the agent's group could do, the dearest group being 1."""

import math

import numpy as np

from services.routing.domain.engine.benches import Benches
from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.rows import Pairs

PRICE_EVERY_S = 60.0
MEMORY_S = 3600.0
"""Arrivals fade with this time constant."""


class Pricing:
    """Prices groups by the traffic of the last hour; `opp_g = sum over classes served at once of load_c / capacity_c`."""

    def __init__(self, pairs: Pairs, lines: Lines, benches: Benches) -> None:
        self.priced_at = -math.inf
        self.rates: dict[int, float] = {}
        """Faded arrivals per second by class."""
        self._pairs = pairs
        self._lines = lines
        self._benches = benches

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
        for key, per_hour in traffic.items():
            self._lines.note_traffic(key, per_hour)
        on_shift = benches.on_shift
        price = np.zeros(len(benches.opportunity))
        for cls, rate in self.rates.items():
            row = self._pairs.of_class(cls)
            if not row.rings or row.rings[0][0] > 0:
                continue
            groups = row.group[: row.rings[0][2]]
            capacity = float(on_shift[groups].sum())
            if capacity > 0:
                price[groups] += rate * float(self._lines.handle[cls] + self._lines.wrap[cls]) / capacity
        dearest = float(price[on_shift > 0].max(initial=0.0))
        whole = np.array(benches.full_of_group, dtype=np.intp)
        benches.opportunity[: len(whole)] = (price / dearest)[whole] if dearest > 0 else 0.0
