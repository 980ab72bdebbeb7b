"""Some articles as arrays: their words, and what a result shows of them. Never changed, only replaced."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.knowledge.domain.head import Head

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placed:
    """One article and its occurrences: terms with counts in title and whole text; none when it is gone."""

    article_id: UUID
    standing: str
    title_length: int
    text_length: int
    terms: Sequence[tuple[str, int, int]]
    head: Head | None
    """None when it is gone."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Some articles; occurrences are ordered by term, then by article."""

    ids: list[UUID]
    heads: list[Head | None]
    """None of what was gone when its text was looked for, and of what the memory has no room for: these are read from the rows."""
    standings: Numbers
    title_lengths: Numbers
    text_lengths: Numbers
    alive: NDArray[np.bool_]
    terms: NDArray[np.int32]
    """Different terms that occur, ascending."""
    starts: Numbers
    """Where the occurrences of each begin, and the end of the last."""
    articles: NDArray[np.int32]
    in_title: NDArray[np.int32]
    in_text: NDArray[np.int32]

    def of(self, term: int) -> slice:
        """Return where the occurrences of a term lie."""
        at = int(self.terms.searchsorted(np.int32(term)))
        if at >= len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def held(self, term: int, articles: NDArray[np.int32]) -> tuple[Numbers, Numbers]:
        """Return which of these articles have a term (their numbers in the list), and where those occurrences lie."""
        where = self.of(term)
        occurring = self.articles[where]
        if not len(occurring):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        places = occurring.searchsorted(articles)
        held = (occurring.take(places, mode="clip") == articles).nonzero()[0]
        return held, where.start + places[held]

    def without(self, articles: Sequence[int]) -> "Segment":
        """Return the segment in which some articles are not alive any more, and nothing of them is shown."""
        alive, heads = self.alive.copy(), self.heads.copy()
        for article in articles:
            alive[article], heads[article] = False, None
        parts = (self.terms, self.starts, self.articles, self.in_title, self.in_text)
        return Segment(self.ids, heads, self.standings, self.title_lengths, self.text_lengths, alive, *parts)


def segment(
    shown: tuple[list[UUID], list[Head | None]],
    standings: Numbers,
    lengths: tuple[Numbers, Numbers],
    occurrences: tuple[Numbers, Numbers, Numbers, Numbers],
) -> Segment:
    """Build a segment; `shown` are ids and heads, `occurrences` are term, article, in title and in text, in any order."""
    terms, articles, in_title, in_text = occurrences
    order = np.lexsort((articles, terms))
    different, starts = np.unique(terms[order], return_index=True)
    return Segment(
        *shown,
        standings,
        *lengths,
        np.ones(len(shown[0]), dtype=bool),
        different.astype(np.int32),
        np.append(starts, len(terms)),
        articles[order].astype(np.int32),
        in_title[order].astype(np.int32),
        in_text[order].astype(np.int32),
    )


def merged(older: Segment, newer: Segment) -> Segment:
    """Return both as one, without what is gone."""
    ids: list[UUID] = []
    heads: list[Head | None] = []
    columns: list[list[Numbers]] = [[] for _ in range(7)]
    for one in (older, newer):
        renumbered = np.cumsum(one.alive) - 1 + len(ids)
        terms = np.repeat(one.terms.astype(np.int64), np.diff(one.starts))
        kept = one.alive[one.articles]
        living = (one.standings[one.alive], one.title_lengths[one.alive], one.text_lengths[one.alive])
        rows = (terms[kept], renumbered[one.articles[kept]], one.in_title[kept].astype(np.int64), one.in_text[kept].astype(np.int64))
        for column, values in zip(columns, (*living, *rows), strict=True):
            column.append(values)
        ids += [article for article, alive in zip(one.ids, one.alive, strict=True) if alive]
        heads += [head for head, alive in zip(one.heads, one.alive, strict=True) if alive]
    joined = [np.concatenate(column) for column in columns]
    return segment((ids, heads), joined[0], (joined[1], joined[2]), (joined[3], joined[4], joined[5], joined[6]))
