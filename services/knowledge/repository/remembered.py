"""What is known of the index as a whole, kept from one search to the next while no article changes.

Counting all articles, and those that have a frequent word (the, how), reads much of the index; between two changes the answer is the same.
Each search asks first whether something changed, in its own read, so that what is kept is never behind what the search sees.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.kit.db import Tx
from services.knowledge.repository.changes import present_mark
from services.knowledge.repository.ground import Ground, Scope, Total, ground_of, holdings, totals

FREQUENT = 200
"""Articles from which on a word's count is kept: rare words are counted as fast as they are looked up."""
_MOST_KEPT = 20_000
_MOST_GROUNDS = 1_000
_CHANGES = "SELECT count(*), coalesce(sum(stamp), 0), (SELECT max(stamp) FROM kb_change) FROM kb_change WHERE stamp >= $1"
"""Stamps only grow, and what a later transaction changes is not below the mark: equal answers mean that nothing changed in between."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The index between two changes."""

    totals: Sequence[Total]
    counts: dict[tuple[tuple[str, ...], str], int] = field(default_factory=dict)
    """Visible standings and a frequent term, to how many articles of these standings have it."""
    grounds: dict[Scope, Ground] = field(default_factory=dict)

    def ground(self, scope: Scope) -> Ground:
        """Return what a searcher may see."""
        known = self.grounds.get(scope)
        if known is None:
            known = ground_of(self.totals, scope)
            if len(self.grounds) < _MOST_GROUNDS:
                self.grounds[scope] = known
        return known

    async def holdings(self, tx: Tx, terms: Collection[str], seen: Ground) -> dict[str, int]:
        """Return for each term how many visible articles have it; terms that none has are absent."""
        known = {term: self.counts[seen.standings, term] for term in terms if (seen.standings, term) in self.counts}
        counted = await holdings(tx, [term for term in terms if term not in known], seen)
        if len(self.counts) < _MOST_KEPT:
            self.counts.update({(seen.standings, term): number for term, number in counted.items() if number >= FREQUENT})
        return known | counted


class Remembered:
    """One per process."""

    def __init__(self) -> None:
        self._known: tuple[int, tuple[Any, ...], Epoch] | None = None
        """Mark, changes since then, and the index; replaced whole, since searches run in several threads."""

    async def epoch(self, tx: Tx) -> Epoch:
        """Return the index as this read sees it; counted anew when something changed."""
        known = self._known
        if known is not None and await _changes(tx, known[0]) == known[1]:
            return known[2]
        mark = await present_mark(tx)
        changes = await _changes(tx, mark)  # before the totals: what commits in between is counted anew by the next search, not missed
        epoch = Epoch(await totals(tx))
        self._known = (mark, changes, epoch)
        return epoch


async def _changes(tx: Tx, mark: int) -> tuple[Any, ...]:
    return tuple((await tx.raw(_CHANGES, mark))[0])
