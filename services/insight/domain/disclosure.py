"""Which groups of employees may be shown, so that nobody is exposed: not alone, and not by taking shown results off each other.

All results of a week are chosen at once and frozen, so what is shown never depends on who asks what in which order, and nothing can be learnt from
a later answer. A group is shown when it has at least `minimum` sheets and no sum or difference of up to three shown groups is about fewer than
`minimum` (but more than no) people; beyond three, no elementary group that is too small may be derivable from all shown results together (its
indicator must lie outside of their linear span). Taken greedily, whole before parts and large before small: complementary suppression falls out
of it, because a part whose remainder is too small is refused.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

Filter = tuple[tuple[str, str], ...]
"""Attribute and band pairs, sorted; empty: everybody."""
SURELY = 1e-9


@dataclass
class _Ledger:
    """What is shown so far: signs of each set over the elementary groups, and an orthonormal basis of all that can be derived."""

    sizes: npt.NDArray[np.int64]
    minimum: int
    shown: list[npt.NDArray[np.int8]] = field(default_factory=list)
    basis: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def _support(self, signs: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
        """Return how many people each combination (a row) is about."""
        found: npt.NDArray[np.int64] = (signs != 0) @ self.sizes
        return found

    def _exposes(self, combined: npt.NDArray[np.int8]) -> bool:
        people = self._support(combined)
        return bool(((people > 0) & (people < self.minimum)).any())

    def admits(self, one: npt.NDArray[np.int8]) -> bool:
        """Say whether showing this set exposes nobody."""
        if int(one @ self.sizes) < self.minimum or (self.shown and self._by_three(one)):
            return False
        return not self._by_all(one)

    def _by_three(self, one: npt.NDArray[np.int8]) -> bool:
        known = np.array(self.shown, dtype=np.int8)
        if self._exposes(one - known):
            return True
        for place in range(len(known) - 1):
            first, others = known[place], known[place + 1 :]
            if self._exposes(one - first - others) or self._exposes(one + first - others) or self._exposes(one - first + others):
                return True
        return False

    def _rest(self, one: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
        rest = one.astype(np.float64)
        for _ in range(2):  # twice is enough for full precision
            for known in self.basis:
                rest -= (rest @ known) * known
        return rest

    def _by_all(self, one: npt.NDArray[np.int8]) -> bool:
        rest = self._rest(one)
        length = float(np.sqrt(rest @ rest))
        if length < SURELY:
            return False
        reach = np.square(rest / length) + sum((np.square(known) for known in self.basis), np.zeros(len(rest)))
        return bool(((reach > 1 - SURELY) & (self.sizes < self.minimum)).any())

    def show(self, one: npt.NDArray[np.int8]) -> None:
        """Keep a set as shown."""
        self.shown.append(one)
        rest = self._rest(one)
        length = float(np.sqrt(rest @ rest))
        if length >= SURELY:
            self.basis.append(rest / length)


def filters_of(bands: Mapping[str, Sequence[str]], depth: int) -> list[Filter]:
    """Return every filter of up to `depth` attributes, one band each."""
    found: list[Filter] = [()]
    for size in range(1, depth + 1):
        for attributes in combinations(sorted(bands), size):
            found += _crossed([(attribute, sorted(bands[attribute])) for attribute in attributes])
    return found


def _crossed(parts: Sequence[tuple[str, Sequence[str]]]) -> list[Filter]:
    crossed: list[Filter] = [()]
    for attribute, values in parts:
        crossed = [(*before, (attribute, value)) for before in crossed for value in values]
    return crossed


def fits(groups: Mapping[str, str], wanted: Filter) -> bool:
    """Say whether a sheet belongs to a group."""
    return all(groups.get(attribute) == band for attribute, band in wanted)


def releasable(sheets: Sequence[Mapping[str, str]], bands: Mapping[str, Sequence[str]], *, minimum: int, depth: int = 2) -> dict[Filter, int]:
    """Return the groups that may be shown, with their sizes; everything else is withheld, the empty groups too."""
    order = sorted(bands)
    counts = Counter(tuple(sheet.get(attribute, "") for attribute in order) for sheet in sheets)
    elementary = sorted(counts)
    ledger = _Ledger(np.array([counts[one] for one in elementary], dtype=np.int64), minimum)
    named = [dict(zip(order, one, strict=True)) for one in elementary]
    candidates = []
    for wanted in filters_of(bands, depth):
        signs = np.array([fits(one, wanted) for one in named], dtype=np.int8)
        candidates.append((len(wanted), -int(signs @ ledger.sizes) if len(signs) else 0, wanted, signs))
    shown: dict[Filter, int] = {}
    for _, size, wanted, signs in sorted(candidates, key=lambda one: one[:3]):
        if len(signs) and ledger.admits(signs):
            ledger.show(signs)
            shown[wanted] = -size
    return shown
