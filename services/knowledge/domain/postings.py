"""Posting rows in memory, as arrays: what one searcher may see is counted and ranked as the rows in the database would be, many times faster.

Segments are never changed, only replaced: readers work on the snapshot that they took. Few large ones and some small ones (each merged into the one
before it as soon as it is not much smaller) keep both additions and questions cheap.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.knowledge.domain.ranking import K1, TEXT_WEIGHT, TITLE_WEIGHT, B, Corpus, Occurrence
from services.knowledge.domain.telling import MICRO, WIDE, Terms, Wanted, split

_Numbers = NDArray[np.int64]
Place = tuple[int, int]
"""Segment, and article in it."""
_MERGE_BELOW = 4
"""A segment is merged into the one before it when that is not more than so many times larger."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One article and its occurrences: term numbers with counts in title and whole text; none when it is gone."""

    article_id: UUID
    standing: str
    title_length: int
    text_length: int
    terms: Sequence[tuple[str, int, int]]


@dataclass(frozen=True, slots=True)
class Segment:
    """Some articles; occurrences are ordered by term, then by article."""

    ids: list[UUID]
    standings: _Numbers
    title_lengths: _Numbers
    text_lengths: _Numbers
    alive: NDArray[np.bool_]
    terms: NDArray[np.int32]
    """Different terms that occur, ascending."""
    starts: _Numbers
    """Where the occurrences of each begin, and the end of the last."""
    articles: NDArray[np.int32]
    in_title: NDArray[np.int32]
    in_text: NDArray[np.int32]

    def of(self, term: int) -> slice:
        """Return where the occurrences of a term lie."""
        at = int(np.searchsorted(self.terms, np.int32(term)))
        if at >= len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))

    def held(self, term: int, articles: NDArray[np.int32]) -> tuple[_Numbers, _Numbers]:
        """Return which of these articles have a term (their numbers in the list), and where those occurrences lie."""
        where = self.of(term)
        occurring = self.articles[where]
        if not len(occurring):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        places = np.searchsorted(occurring, articles)
        held = np.flatnonzero(occurring[np.minimum(places, len(occurring) - 1)] == articles)
        return held, where.start + places[held]


def segment(
    ids: list[UUID], standings: _Numbers, lengths: tuple[_Numbers, _Numbers], occurrences: tuple[_Numbers, _Numbers, _Numbers, _Numbers]
) -> Segment:
    """Build a segment; `occurrences` are term, article, in title and in text, in any order."""
    terms, articles, in_title, in_text = occurrences
    order = np.lexsort((articles, terms))
    different, starts = np.unique(terms[order], return_index=True)
    return Segment(
        ids,
        standings,
        *lengths,
        np.ones(len(ids), dtype=bool),
        different.astype(np.int32),
        np.append(starts, len(terms)),
        articles[order].astype(np.int32),
        in_title[order].astype(np.int32),
        in_text[order].astype(np.int32),
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The index at one moment."""

    segments: tuple[Segment, ...]
    codes: tuple[str, ...]
    vocabulary: dict[str, int]
    """Grows only: what came later than the snapshot occurs in none of its segments."""
    totals: tuple[tuple[str, int, int, int], ...]
    """Per standing: articles, and the sums of their lengths in title and whole text."""

    def seen(self, standings: Sequence[str]) -> list[NDArray[np.bool_]]:
        """Return per segment which articles have one of these standings."""
        visible = np.array([code in standings for code in self.codes], dtype=bool)
        return [one.alive & visible[one.standings] if len(visible) else one.alive for one in self.segments]

    def holding(self, term: str, seen: Sequence[NDArray[np.bool_]]) -> int:
        """Return how many visible articles have a term."""
        number = self.vocabulary.get(term)
        if number is None:
            return 0
        return sum(int(np.count_nonzero(mask[one.articles[one.of(number)]])) for one, mask in zip(self.segments, seen, strict=True))

    def best(self, terms: Terms, corpus: Corpus, seen: Sequence[NDArray[np.bool_]], limit: int) -> dict[UUID, Place]:
        """Return the best articles by words with their places, best first, by the same rule and arithmetic as the statement over the rows."""
        telling, frequent = split(terms)
        wide = max(limit, WIDE) if frequent else limit
        chosen = _first([self._ranked(at, telling, corpus, mask) for at, mask in enumerate(seen)], self.segments, wide)
        moved: list[tuple[int, UUID, Place]] = []
        for at, one in enumerate(self.segments):
            mine = [(score, article) for score, segment_at, article in chosen if segment_at == at]
            worth = self._worth(one, np.array([article for _, article in mine], dtype=np.int32), frequent, corpus)
            moved += [(score + int(more), one.ids[article], (at, article)) for (score, article), more in zip(mine, worth, strict=True)]
        moved.sort(key=lambda row: (-row[0], row[1]))
        return {article: place for _, article, place in moved[:limit]}

    def occurrences(self, terms: Sequence[str], places: Mapping[UUID, Place]) -> dict[UUID, list[Occurrence]]:
        """Return how often each term stands in each of these articles."""
        found: dict[UUID, list[Occurrence]] = {}
        for at, one in enumerate(self.segments):
            mine = [(article, place) for article, (segment_at, place) in places.items() if segment_at == at]
            articles = np.array([place for _, place in mine], dtype=np.int32)
            lengths = [(int(one.title_lengths[place]), int(one.text_lengths[place])) for _, place in mine]
            for term in terms if mine else ():
                held, rows = one.held(self.vocabulary.get(term, -1), articles)
                for number, in_title, in_text in zip(held.tolist(), one.in_title[rows].tolist(), one.in_text[rows].tolist(), strict=True):
                    found.setdefault(mine[number][0], []).append(Occurrence(term, in_title, in_text, *lengths[number]))
        return found

    def _ranked(self, at: int, terms: Sequence[Wanted], corpus: Corpus, seen: NDArray[np.bool_]) -> NDArray[np.float64]:
        one = self.segments[at]
        scores = np.zeros(len(one.ids))
        for wanted in terms:
            where = one.of(self.vocabulary.get(wanted.term, -1))
            articles = one.articles[where]
            scores[articles] += wanted.idf * _saturations(one, where, articles, corpus)
        return np.where(seen, np.round(MICRO * scores), 0)

    def _worth(self, one: Segment, articles: NDArray[np.int32], terms: Sequence[Wanted], corpus: Corpus) -> NDArray[np.float64]:
        """Return what some terms are worth in some articles of a segment."""
        worth = np.zeros(len(articles))
        for wanted in terms if len(articles) else ():
            held, rows = one.held(self.vocabulary.get(wanted.term, -1), articles)
            worth[held] += wanted.idf * _saturations(one, rows, articles[held], corpus)
        return np.round(MICRO * worth)


def _saturations(one: Segment, where: slice | NDArray[np.int64], articles: NDArray[np.int32], corpus: Corpus) -> NDArray[np.float64]:
    """Return ranking.parts of some occurrences, added and without the idf."""
    title = _saturation(one.in_title[where], one.title_lengths[articles], corpus.title_length)
    return TITLE_WEIGHT * title + TEXT_WEIGHT * _saturation(one.in_text[where], one.text_lengths[articles], corpus.text_length)


def _saturation(occurrences: NDArray[np.int32], lengths: _Numbers, average: float) -> NDArray[np.float64]:
    found: NDArray[np.float64] = (K1 + 1) * occurrences / (occurrences + K1 * (1 - B) + K1 * B * lengths / average)
    return found


def _first(scores: Sequence[NDArray[np.float64]], segments: Sequence[Segment], most: int) -> list[tuple[int, int, int]]:
    """Return score, segment and article of the best ones, equal scores by the article's id."""
    sizes = [np.count_nonzero(one) for one in scores]
    flat = np.concatenate([one[one > 0] for one in scores]) if sum(sizes) else np.empty(0)
    least = np.partition(flat, len(flat) - most)[len(flat) - most] if len(flat) > most else 1.0
    found = [(int(one[place]), at, int(place)) for at, one in enumerate(scores) for place in np.flatnonzero(one >= max(least, 1.0))]
    return sorted(found, key=lambda row: (-row[0], segments[row[1]].ids[row[2]]))[:most]


class PostingIndex:
    """All posting rows of one process: one writer at a time replaces segments, readers take a snapshot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[UUID, tuple[int, int]] = {}
        self._codes: dict[str, int] = {}
        self._vocabulary: dict[str, int] = {}
        self.now = Snapshot((), (), self._vocabulary, ())

    def absorb(self, changed: Sequence[Placed]) -> None:
        """Take in articles as they now are; the same twice does no harm."""
        with self._lock:
            segments = list(self.now.segments)
            for one in changed:
                self._bury(segments, one.article_id)
            living = [one for one in changed if one.terms]
            if living:
                self._add(segments, self._built(living))
            self._show(segments)

    def begin_with(self, base: Segment) -> None:
        """Begin anew with everything in one segment."""
        with self._lock:
            self._places = {one: (0, at) for at, one in enumerate(base.ids)}
            self._show([base])

    def term(self, term: str) -> int:
        """Return the number of a term."""
        return self._vocabulary.setdefault(term, len(self._vocabulary))

    def code(self, standing: str) -> int:
        """Return the number of a standing."""
        return self._codes.setdefault(standing, len(self._codes))

    def _show(self, segments: Sequence[Segment]) -> None:
        codes = tuple(self._codes)
        self.now = Snapshot(tuple(segments), codes, self._vocabulary, _totals(segments, codes))

    def _bury(self, segments: list[Segment], article_id: UUID) -> None:
        known = self._places.pop(article_id, None)
        if known is not None:
            old = segments[known[0]]
            alive = old.alive.copy()
            alive[known[1]] = False
            segments[known[0]] = _with_alive(old, alive)

    def _built(self, articles: Sequence[Placed]) -> Segment:
        rows = [(self.term(term), at, title, text) for at, one in enumerate(articles) for term, title, text in one.terms]
        columns = np.array(rows, dtype=np.int64).T
        lengths = (np.array([one.title_length for one in articles]), np.array([one.text_length for one in articles]))
        standings = np.array([self.code(one.standing) for one in articles], dtype=np.int64)
        return segment([one.article_id for one in articles], standings, lengths, (columns[0], columns[1], columns[2], columns[3]))

    def _add(self, segments: list[Segment], added: Segment) -> None:
        segments.append(added)
        while len(segments) > 1 and len(segments[-2].ids) <= _MERGE_BELOW * len(segments[-1].ids):
            last = segments.pop()
            segments[-1] = _merged(segments[-1], last)
        at = len(segments) - 1
        self._places.update({one: (at, place) for place, one in enumerate(segments[at].ids) if segments[at].alive[place]})


def _totals(segments: Sequence[Segment], codes: Sequence[str]) -> tuple[tuple[str, int, int, int], ...]:
    found = np.zeros((3, len(codes)))
    for one in segments:
        where = one.standings[one.alive]
        for row, values in enumerate((None, one.title_lengths[one.alive], one.text_lengths[one.alive])):
            found[row] += np.bincount(where, values, len(codes))
    return tuple((code, int(found[0, at]), int(found[1, at]), int(found[2, at])) for at, code in enumerate(codes) if found[0, at])


def _with_alive(one: Segment, alive: NDArray[np.bool_]) -> Segment:
    parts = (one.terms, one.starts, one.articles, one.in_title, one.in_text)
    return Segment(one.ids, one.standings, one.title_lengths, one.text_lengths, alive, *parts)


def _merged(older: Segment, newer: Segment) -> Segment:
    """Return both as one, without what is gone."""
    ids: list[UUID] = []
    columns: list[list[_Numbers]] = [[] for _ in range(7)]
    for one in (older, newer):
        renumbered = np.cumsum(one.alive) - 1 + len(ids)
        terms = np.repeat(one.terms.astype(np.int64), np.diff(one.starts))
        kept = one.alive[one.articles]
        living = (one.standings[one.alive], one.title_lengths[one.alive], one.text_lengths[one.alive])
        rows = (terms[kept], renumbered[one.articles[kept]], one.in_title[kept].astype(np.int64), one.in_text[kept].astype(np.int64))
        for column, values in zip(columns, (*living, *rows), strict=True):
            column.append(values)
        ids += [article for article, alive in zip(one.ids, one.alive, strict=True) if alive]
    joined = [np.concatenate(column) for column in columns]
    return segment(ids, joined[0], (joined[1], joined[2]), (joined[3], joined[4], joined[5], joined[6]))
