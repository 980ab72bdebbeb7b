"""The search index of one process in memory: read once at start, then brought up to date in the same read as each search."""

import asyncio
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.kit.db import Tx
from services.kit.service import Runtime
from services.knowledge.domain.head import Head, read
from services.knowledge.domain.postings import Place, PostingIndex, Seen, Snapshot
from services.knowledge.domain.ranking import Part
from services.knowledge.domain.segments import Segment, segment
from services.knowledge.domain.standing import decode
from services.knowledge.domain.telling import Terms
from services.knowledge.repository.backend import ROWS, Survey
from services.knowledge.repository.candidates import worth
from services.knowledge.repository.changes import changed_since, documents_after, mend_stamps, occurrences_after, placed, present_mark
from services.knowledge.repository.facts import Facts, facts, links
from services.knowledge.repository.ground import Ground, Scope
from services.knowledge.repository.heads import heads
from services.knowledge.repository.remembered import Epoch

MOST_AT_ONCE = 500
"""Changed articles that one search takes in; while more wait, the rows in the database answer."""
MOST_TEXT = 100_000_000
"""Characters of articles that are kept from the start; what results show of further ones is read from the rows."""


@dataclass(frozen=True, slots=True)
class _MemorySurvey:
    """What the copy does not hold (too new, or too much text), is read from the rows."""

    index: PostingIndex
    snapshot: Snapshot
    seen: Ground
    visible: Seen
    tx: Tx
    places: dict[UUID, Place] = field(default_factory=dict)
    """Where the candidates so far lie."""

    async def holdings(self, terms: Collection[str]) -> dict[str, int]:
        counted = {term: self.snapshot.holding(term, self.visible) for term in terms}
        return {term: number for term, number in counted.items() if number}

    async def candidates(self, questions: Sequence[Terms], limit: int) -> list[list[UUID]]:
        found = [self.snapshot.best(terms, self.visible, limit) for terms in questions]
        for one in found:
            self.places.update(one)
        return [list(one) for one in found]

    async def worth(self, idfs: Mapping[str, float], standings: Mapping[UUID, str]) -> dict[UUID, list[Part]]:
        here = {one: self.places[one] for one in standings if one in self.places}
        found = self.snapshot.worth(idfs, here, self.visible)
        elsewhere = {one: standing for one, standing in standings.items() if one not in here}
        return found | (await worth(self.tx, idfs, elsewhere, self.seen.corpus) if elsewhere else {})

    async def alike(self, terms: Sequence[str]) -> dict[str, list[str]]:
        return {term: self.index.alike(term) for term in terms}

    async def facts(self, articles: Collection[UUID]) -> dict[UUID, Facts]:
        solved = await links(self.tx, articles)
        found: dict[UUID, Facts] = {}
        elsewhere: list[UUID] = []
        for one in articles:
            place = self.places.get(one) or self.index.place(one, self.snapshot)
            head = self._head(place)
            if place is None or head is None:
                elsewhere.append(one)
            elif self.visible.masks[place[0]][place[1]]:
                self.places[one] = place
                overdue = head.review_at is not None and head.review_at < self.tx.now
                found[one] = Facts(self._standing(place), solved.get(one, 0), overdue)
        return found | (await facts(self.tx, elsewhere, self.seen) if elsewhere else {})

    async def heads(self, kinds: Mapping[UUID, str]) -> dict[UUID, Head]:
        found = {one: head for one in kinds if (head := self._head(self.places.get(one))) is not None}
        elsewhere = {one: kind for one, kind in kinds.items() if one not in found}
        return found | (await heads(self.tx, elsewhere) if elsewhere else {})

    def _head(self, place: Place | None) -> Head | None:
        return None if place is None else self.snapshot.segments[place[0]].heads[place[1]]

    def _standing(self, place: Place) -> str:
        return self.snapshot.codes[int(self.snapshot.segments[place[0]].standings[place[1]])]


class MemorySearch:
    """One per process. What is not read yet, or changed too much since the last search, is looked up in the rows."""

    name = "memory"

    def __init__(self) -> None:
        self._index = PostingIndex()
        self._lock = threading.Lock()
        self._mark: int | None = None
        self._known: dict[UUID, int] = {}
        """Stamps not below the mark of what was taken in."""
        self._epoch: tuple[Snapshot, Epoch] | None = None
        """What searchers of each kind see of the latest snapshot."""

    @property
    def ready(self) -> bool:
        """Say whether everything was read once."""
        return self._mark is not None

    async def load(self, runtime: Runtime) -> None:
        """Read the whole index; changes meanwhile are taken in by the first search."""
        await runtime.write(mend_stamps)
        mark = await runtime.read(present_mark)
        self._index.begin_with(await self._everything(runtime))
        self._mark = mark

    async def survey(self, tx: Tx, scope: Scope) -> Survey:
        """Return what the searcher may see, everything that `tx` sees included."""
        if self._mark is None or not await self._catch_up(tx, self._mark):
            return await ROWS.survey(tx, scope)
        snapshot = self._index.now
        known = self._epoch
        if known is None or known[0] is not snapshot:
            known = self._epoch = (snapshot, Epoch(snapshot.totals))
        seen = known[1].ground(scope)
        return _MemorySurvey(self._index, snapshot, seen, snapshot.seen(seen.standings, seen.corpus), tx)

    async def _catch_up(self, tx: Tx, mark: int) -> bool:
        """Take in what changed; False when that is too much for one search."""
        changed, upto = await changed_since(tx, mark)
        fresh = [(article, stamp) for article, stamp in changed if self._known.get(article, -1) < stamp]
        some = dict(fresh[:MOST_AT_ONCE])
        found = [replace(one, head=read(one.head)) if one.head else one for one in await placed(tx, list(some))] if some else []
        with self._lock:  # somebody with a newer view may have been here meanwhile
            now = self._mark or 0
            taken = [one for one in found if some[one.article_id] >= now and self._known.get(one.article_id, -1) < some[one.article_id]]
            if taken:
                self._index.absorb(taken)
                self._known.update({one.article_id: some[one.article_id] for one in taken})
            if len(some) == len(fresh) and upto > now:
                self._mark = upto
                self._known = {article: stamp for article, stamp in self._known.items() if stamp >= upto}
        return len(some) == len(fresh)

    async def _everything(self, runtime: Runtime) -> Segment:
        documents: list[tuple[UUID, str, int, int]] = []
        shown: list[Head | None] = []
        room = MOST_TEXT
        while page := await runtime.read(documents_after, documents[-1][0] if documents else None):
            documents += page
            for start in range(0, len(page), MOST_AT_ONCE):
                some = {one[0]: decode(one[1]).kind for one in page[start : start + MOST_AT_ONCE]}
                texts = await runtime.read(heads, some) if room > 0 else {}
                room -= sum(len(head.plain) for head in texts.values())
                known = await asyncio.to_thread(_read, texts)
                shown += [known.get(one) for one in some]
        sqlite = runtime.db.dialect_name == "sqlite"
        places = {one[0].hex if sqlite else one[0]: at for at, one in enumerate(documents)}
        columns: list[NDArray[np.int64]] = []
        after = None
        while rows := await runtime.read(occurrences_after, after):
            after = rows[-1][:3]
            term, places_of = self._index.term, places.get
            occurrences = [(term(row[0]), places_of(row[2], -1), row[3], row[4]) for row in rows]
            columns.append(np.array(occurrences, dtype=np.int64).T)
            await asyncio.sleep(0)
        occurring = np.concatenate(columns, axis=1) if columns else np.empty((4, 0), dtype=np.int64)
        occurring = occurring[:, occurring[1] >= 0]  # of what came after its document was looked for, the first search reads all
        standings = np.array([self._index.code(one[1]) for one in documents], dtype=np.int64)
        lengths = (np.array([one[2] for one in documents], dtype=np.int64), np.array([one[3] for one in documents], dtype=np.int64))
        parts = (occurring[0], occurring[1], occurring[2], occurring[3])
        return await asyncio.to_thread(segment, ([one[0] for one in documents], shown), standings, lengths, parts)


def _read(texts: Mapping[UUID, Head]) -> dict[UUID, Head]:
    return {one: read(head) for one, head in texts.items()}
