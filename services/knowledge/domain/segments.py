"""Some articles as arrays: their words, and what a result shows of them. Never changed, only replaced."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.knowledge.domain.head import Head
from services.knowledge.domain.ranking import K1, B

Numbers = NDArray[np.int64]
FREQUENT = 32
"""A term that every so-many-th article has is looked up without a search, by eight bytes for each article."""
MOST_SPREAD = 4_000_000
"""Articles times frequent terms of which these bytes are kept."""


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
class Field:
    """How often each term occurs in one field. Few pairs of a number and a length are different, so that what they are worth is reckoned once."""

    pairs: NDArray[np.int32]
    """Of each occurrence, its place in what follows."""
    times: Numbers
    """How often a term occurs: of each different pair."""
    lengths: Numbers
    """How long that field is."""

    def worth(self, average: float) -> NDArray[np.float64]:
        """Return ranking.saturation of each different pair, to the last bit: what is shown is the same as out of the rows."""
        found: NDArray[np.float64] = self.times * (K1 + 1) / (self.times + K1 * (1 - B + B * self.lengths / average))
        return found


def _field(times: Numbers, lengths: Numbers) -> Field:
    size = int(lengths.max(initial=0)) + 1
    different, pairs = np.unique(times * size + lengths, return_inverse=True)
    return Field(pairs.astype(np.int32), different // size, different % size)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was looked for before in the occurrences of a segment, by term, and room to work in."""

    places: dict[int, slice] = field(default_factory=dict)
    spread: dict[int, Numbers] = field(default_factory=dict)
    spare: list[NDArray[np.int32]] = field(default_factory=list)
    """A number for each article, to be written over: one for each thread that searches."""

    def room(self, articles: int) -> NDArray[np.int32]:
        """Take one of these, to be given back afterwards."""
        try:
            return self.spare.pop()
        except IndexError:
            return np.empty(articles, dtype=np.int32)


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
    in_title: Field
    in_text: Field
    kept: "Kept"

    def of(self, term: int) -> slice:
        """Return where the occurrences of a term lie."""
        known = self.kept.places.get(term)
        if known is None:
            at = int(self.terms.searchsorted(np.int32(term)))
            there = at < len(self.terms) and self.terms[at] == term
            known = slice(int(self.starts[at]), int(self.starts[at + 1])) if there else slice(0, 0)
            if there:
                self.kept.places[term] = known
        return known

    def rows(self, term: int, articles: NDArray[np.int32]) -> Numbers:
        """Return for each of these articles where its occurrence of a term lies, -1 for none."""
        where = self.of(term)
        occurring = self.articles[where]
        if not len(occurring):
            return np.full(len(articles), -1, dtype=np.int64)
        spread = self._spread(term, where)
        if spread is not None:
            return spread[articles]
        places = occurring.searchsorted(articles)
        return np.where(occurring.take(places, mode="clip") == articles, where.start + places, -1)

    def _spread(self, term: int, where: slice) -> Numbers | None:
        """Return for each article where its occurrence of a frequent term lies, -1 for none; None of other terms, and when there is no more room."""
        kept, size = self.kept.spread, len(self.ids)
        known = kept.get(term)
        if known is None and (where.stop - where.start) * FREQUENT >= size and (len(kept) + 1) * size <= MOST_SPREAD:
            known = np.full(size, -1, dtype=np.int64)
            known[self.articles[where]] = np.arange(where.start, where.stop)
            kept[term] = known
        return known

    def without(self, articles: Sequence[int]) -> "Segment":
        """Return the segment in which some articles are not alive any more, and nothing of them is shown."""
        alive, heads = self.alive.copy(), self.heads.copy()
        for article in articles:
            alive[article], heads[article] = False, None
        parts = (self.terms, self.starts, self.articles, self.in_title, self.in_text, self.kept)
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
        _field(in_title[order], lengths[0][articles[order]]),
        _field(in_text[order], lengths[1][articles[order]]),
        Kept(),
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
        times = [field.times[field.pairs[kept]] for field in (one.in_title, one.in_text)]
        rows = (terms[kept], renumbered[one.articles[kept]], *times)
        for column, values in zip(columns, (*living, *rows), strict=True):
            column.append(values)
        ids += [article for article, alive in zip(one.ids, one.alive, strict=True) if alive]
        heads += [head for head, alive in zip(one.heads, one.alive, strict=True) if alive]
    joined = [np.concatenate(column) for column in columns]
    return segment((ids, heads), joined[0], (joined[1], joined[2]), (joined[3], joined[4], joined[5], joined[6]))
