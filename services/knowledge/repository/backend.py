"""Where the words of all articles are looked up: behind one protocol, so that a large house may keep them in memory.

Every backend keeps three promises: what a searcher may not see is left out before anything is counted or ranked, what is committed is found by the
next search, and the list is the same (domain/telling.py and domain/ranking.py are its definition).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.kit.db import Tx
from services.knowledge.domain.head import Head
from services.knowledge.domain.ranking import Part
from services.knowledge.domain.telling import Terms
from services.knowledge.repository.alike import alike
from services.knowledge.repository.candidates import candidates, worth
from services.knowledge.repository.facts import Facts, facts
from services.knowledge.repository.ground import Ground, Scope, totals
from services.knowledge.repository.heads import heads
from services.knowledge.repository.remembered import Epoch, Remembered


class Survey(Protocol):
    """The part of the index that one searcher may see, at one moment."""

    @property
    def seen(self) -> Ground:
        """Return what is known of it as a whole."""

    async def holdings(self, terms: Collection[str]) -> dict[str, int]:
        """Return for each term how many visible articles have it; terms that none has are absent."""

    async def candidates(self, questions: Sequence[Terms], limit: int) -> list[list[UUID]]:
        """Return per question its best `limit` articles by words, best first."""

    async def worth(self, idfs: Mapping[str, float], standings: Mapping[UUID, str]) -> Mapping[UUID, Sequence[Part]]:
        """Return what terms, given with their idf, add to each of these articles that have them, whose present standings are given."""

    async def alike(self, terms: Sequence[str]) -> Mapping[str, list[str]]:
        """Return for each term the words that it may stand for, nearest first; not all of them need be visible."""

    async def facts(self, articles: Collection[UUID]) -> Mapping[UUID, Facts]:
        """Return what counts besides words of those of these articles that the searcher may see."""

    async def heads(self, kinds: Mapping[UUID, str]) -> Mapping[UUID, Head]:
        """Return what a result shows of these articles, whose kinds are given; what is gone is absent."""


class SearchBackend(Protocol):
    """Looks words up."""

    name: str

    async def survey(self, tx: Tx, scope: Scope) -> Survey:
        """Return what the searcher may see, everything that `tx` sees included."""


@dataclass(frozen=True, slots=True)
class _RowsSurvey:
    tx: Tx
    seen: Ground
    epoch: Epoch

    async def holdings(self, terms: Collection[str]) -> dict[str, int]:
        return await self.epoch.holdings(self.tx, terms, self.seen)

    async def candidates(self, questions: Sequence[Terms], limit: int) -> list[list[UUID]]:
        return await candidates(self.tx, questions, self.seen, limit)

    async def worth(self, idfs: Mapping[str, float], standings: Mapping[UUID, str]) -> dict[UUID, list[Part]]:
        return await worth(self.tx, idfs, standings, self.seen.corpus)

    async def alike(self, terms: Sequence[str]) -> dict[str, list[str]]:
        return await alike(self.tx, terms)

    async def facts(self, articles: Collection[UUID]) -> Mapping[UUID, Facts]:
        return await facts(self.tx, articles, self.seen)

    async def heads(self, kinds: Mapping[UUID, str]) -> Mapping[UUID, Head]:
        return await heads(self.tx, kinds)


class Rows:
    """Plain SQL over the posting rows: right also inside a transaction that writes, unless it remembers what was counted before."""

    name = "rows"

    def __init__(self, remembered: Remembered | None = None) -> None:
        self._remembered = remembered

    async def survey(self, tx: Tx, scope: Scope) -> Survey:
        """Return the rows that the searcher may see."""
        epoch = await self._remembered.epoch(tx) if self._remembered else Epoch(await totals(tx))
        return _RowsSurvey(tx, epoch.ground(scope), epoch)


ROWS: SearchBackend = Rows()
"""For use inside a transaction that has changed the index itself: remembers nothing."""
