"""Posting rows in memory, as arrays: what one searcher may see is counted and ranked as the rows in the database would be, many times faster.

Segments are never changed, only replaced: readers work on the snapshot that they took. Few large ones and some small ones (each merged into the one
before it as soon as it is not much smaller) keep both additions and questions cheap.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.knowledge.domain.ranking import K1, TEXT_WEIGHT, TITLE_WEIGHT, B, Corpus, Occurrence
from services.knowledge.domain.segments import Numbers, Placed, Segment, merged, segment
from services.knowledge.domain.telling import MICRO, WIDE, Terms, Wanted, split

Place = tuple[int, int]
"""Segment, and article in it."""
Worth = NDArray[np.float64]
_Scores = tuple[NDArray[np.int32], Worth]
"""Articles of one segment, and what each is worth in millionths."""
MOST_KEPT = 256
"""Kinds of searchers for whom it is kept what they see: a byte for each article and kind."""
_MERGE_BELOW = 4
"""A segment is merged into the one before it when that is not more than so many times larger."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What searchers of one kind see of a snapshot; kept with it, since they ask more often than articles change."""

    masks: list[NDArray[np.bool_]]
    """Per segment which articles are visible."""
    counts: dict[str, int] = field(default_factory=dict)
    """Term to how many visible articles have it, of those asked for so far."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The index at one moment."""

    segments: tuple[Segment, ...]
    codes: tuple[str, ...]
    vocabulary: dict[str, int]
    """Grows only: what came later than the snapshot occurs in none of its segments."""
    totals: tuple[tuple[str, int, int, int], ...]
    """Per standing: articles, and the sums of their lengths in title and whole text."""
    kept: dict[tuple[str, ...], Seen] = field(default_factory=dict)
    """By visible standings."""

    def seen(self, standings: tuple[str, ...]) -> Seen:
        """Return which articles have one of these standings."""
        known = self.kept.get(standings)
        if known is None:
            visible = np.array([code in standings for code in self.codes], dtype=bool)
            known = Seen([one.alive & visible[one.standings] if len(visible) else one.alive for one in self.segments])
            if len(self.kept) >= MOST_KEPT:
                self.kept.pop(next(iter(self.kept)), None)
            self.kept[standings] = known
        return known

    def holding(self, term: str, seen: Seen) -> int:
        """Return how many visible articles have a term."""
        number = self.vocabulary.get(term)
        if number is None:
            return 0
        known = seen.counts.get(term)
        if known is None:
            parts = zip(self.segments, seen.masks, strict=True)
            known = seen.counts[term] = sum(int(np.count_nonzero(mask[one.articles[one.of(number)]])) for one, mask in parts)
        return known

    def best(self, terms: Terms, corpus: Corpus, seen: Seen, limit: int) -> dict[UUID, Place]:
        """Return the best articles by words with their places, best first, by the same rule and arithmetic as the statement over the rows."""
        telling, frequent = split(terms)
        chosen = [self._ranked(at, telling, corpus, mask) for at, mask in enumerate(seen.masks)]
        if frequent:
            wide = self._best(chosen, max(limit, WIDE))
            chosen = [
                (articles, scores + self._worth(one, articles, frequent, corpus)) for one, (articles, scores) in zip(self.segments, wide, strict=True)
            ]
        rows = [
            (-score, self.segments[at].ids[article].int, at, article)
            for at, (articles, scores) in enumerate(self._best(chosen, limit))
            for article, score in zip(articles.tolist(), scores.tolist(), strict=True)
        ]
        return {self.segments[at].ids[article]: (at, article) for _, _, at, article in sorted(rows)}

    def occurrences(self, terms: Sequence[str], places: Mapping[UUID, Place]) -> dict[UUID, list[Occurrence]]:
        """Return how often each term stands in each of these articles."""
        found: dict[UUID, list[Occurrence]] = {}
        for at, one in enumerate(self.segments):
            mine = [(article, place) for article, (segment_at, place) in places.items() if segment_at == at]
            articles = np.array([place for _, place in mine], dtype=np.int32)
            lists: list[list[Occurrence]] = [[] for _ in mine]
            held, rows, times = self._pairs(one, terms, articles)
            asked = [term for term, number in zip(terms, times, strict=True) for _ in range(number)]
            which = articles[held]
            columns = (one.in_title[rows], one.in_text[rows], one.title_lengths[which], one.text_lengths[which])
            for number, occurrence in zip(held.tolist(), map(Occurrence, asked, *(column.tolist() for column in columns)), strict=True):
                lists[number].append(occurrence)
            found.update((article, held_by) for (article, _), held_by in zip(mine, lists, strict=True) if held_by)
        return found

    def _ranked(self, at: int, terms: Sequence[Wanted], corpus: Corpus, seen: NDArray[np.bool_]) -> _Scores:
        if not terms:
            return np.empty(0, dtype=np.int32), np.empty(0)
        one = self.segments[at]
        where = [one.of(self.vocabulary.get(wanted.term, -1)) for wanted in terms]
        articles, in_title, in_text = (np.concatenate([column[some] for some in where]) for column in (one.articles, one.in_title, one.in_text))
        idfs = np.repeat([wanted.idf for wanted in terms], [some.stop - some.start for some in where])
        scores: Worth = np.bincount(articles, idfs * _saturations(one, articles, (in_title, in_text), corpus), len(one.ids)).astype(
            np.float64, copy=False
        )
        found = np.flatnonzero(seen & (scores > 0))
        worth = np.round(MICRO * scores[found])
        counted = worth >= 1
        return found[counted].astype(np.int32), worth[counted].astype(np.float64)

    def _best(self, found: Sequence[_Scores], most: int) -> list[_Scores]:
        """Return per segment those of the best ones, in any order; of equal scores the smaller ids."""
        whole = np.concatenate([scores for _, scores in found]) if found else np.empty(0)
        if len(whole) <= most:
            return list(found)
        least = np.partition(whole, len(whole) - most)[len(whole) - most]
        equal = sorted(
            (self.segments[at].ids[one].int, at, one) for at, (articles, scores) in enumerate(found) for one in articles[scores == least].tolist()
        )
        room = most - int(np.count_nonzero(whole > least))
        kept = {(at, one) for _, at, one in equal[:room]}
        chosen = []
        for at, (articles, scores) in enumerate(found):
            some = np.flatnonzero(scores >= least)
            if len(equal) > room:
                some = np.array([one for one in some.tolist() if scores[one] > least or (at, int(articles[one])) in kept], dtype=np.int64)
            chosen.append((articles[some], scores[some]))
        return chosen

    def _worth(self, one: Segment, articles: NDArray[np.int32], terms: Sequence[Wanted], corpus: Corpus) -> Worth:
        """Return what some terms are worth in some articles of a segment."""
        held, rows, times = self._pairs(one, [wanted.term for wanted in terms], articles)
        idfs = np.repeat([wanted.idf for wanted in terms], times)
        worth = np.bincount(held, idfs * _saturations(one, articles[held], (one.in_title[rows], one.in_text[rows]), corpus), len(articles))
        return np.round(MICRO * worth)

    def _pairs(self, one: Segment, terms: Sequence[str], articles: NDArray[np.int32]) -> tuple[Numbers, Numbers, list[int]]:
        """Return which of these articles (numbers in the list) have the first term, then the next ones; where that lies; and how many each has."""
        found = [one.held(self.vocabulary.get(term, -1), articles) for term in terms]
        if not found:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), []
        return np.concatenate([held for held, _ in found]), np.concatenate([rows for _, rows in found]), [len(held) for held, _ in found]


def _saturations(one: Segment, articles: NDArray[np.int32], occurrences: tuple[NDArray[np.int32], NDArray[np.int32]], corpus: Corpus) -> Worth:
    """Return ranking.parts of some occurrences (in title, in text) in these articles, added and without the idf.

    All that a search looks at comes at once: a step over a hundred numbers takes hardly longer than over one.
    """
    title = _saturation(occurrences[0], one.title_lengths[articles], corpus.title_length)
    return TITLE_WEIGHT * title + TEXT_WEIGHT * _saturation(occurrences[1], one.text_lengths[articles], corpus.text_length)


def _saturation(occurrences: NDArray[np.int32], lengths: Numbers, average: float) -> Worth:
    found: Worth = (K1 + 1) * occurrences / (occurrences + K1 * (1 - B) + K1 * B * lengths / average)
    return found


class PostingIndex:
    """All posting rows of one process: one writer at a time replaces segments, readers take a snapshot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[UUID, Place] = {}
        self._codes: dict[str, int] = {}
        self._vocabulary: dict[str, int] = {}
        self.now = Snapshot((), (), self._vocabulary, ())

    def absorb(self, changed: Sequence[Placed]) -> None:
        """Take in articles as they now are; the same twice does no harm."""
        with self._lock:
            segments = list(self.now.segments)
            self._bury(segments, [one.article_id for one in changed])
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

    def place(self, article_id: UUID, snapshot: Snapshot) -> Place | None:
        """Return where an article lies in a snapshot; None when it is not there, or lies elsewhere since then."""
        place = self._places.get(article_id)
        if place is None or place[0] >= len(snapshot.segments):
            return None
        ids = snapshot.segments[place[0]].ids
        return place if place[1] < len(ids) and ids[place[1]] == article_id else None

    def _show(self, segments: Sequence[Segment]) -> None:
        codes = tuple(self._codes)
        self.now = Snapshot(tuple(segments), codes, self._vocabulary, _totals(segments, codes))

    def _bury(self, segments: list[Segment], article_ids: Sequence[UUID]) -> None:
        gone: dict[int, list[int]] = {}
        for segment_at, article in [self._places.pop(one) for one in article_ids if one in self._places]:
            gone.setdefault(segment_at, []).append(article)
        for segment_at, articles in gone.items():
            segments[segment_at] = segments[segment_at].without(articles)

    def _built(self, articles: Sequence[Placed]) -> Segment:
        rows = [(self.term(term), at, title, text) for at, one in enumerate(articles) for term, title, text in one.terms]
        columns = np.array(rows, dtype=np.int64).T
        lengths = (np.array([one.title_length for one in articles]), np.array([one.text_length for one in articles]))
        standings = np.array([self.code(one.standing) for one in articles], dtype=np.int64)
        shown = ([one.article_id for one in articles], [one.head for one in articles])
        return segment(shown, standings, lengths, (columns[0], columns[1], columns[2], columns[3]))

    def _add(self, segments: list[Segment], added: Segment) -> None:
        segments.append(added)
        while len(segments) > 1 and len(segments[-2].ids) <= _MERGE_BELOW * len(segments[-1].ids):
            last = segments.pop()
            segments[-1] = merged(segments[-1], last)
        at = len(segments) - 1
        self._places.update({one: (at, place) for place, one in enumerate(segments[at].ids) if segments[at].alive[place]})


def _totals(segments: Sequence[Segment], codes: Sequence[str]) -> tuple[tuple[str, int, int, int], ...]:
    found = np.zeros((3, len(codes)))
    for one in segments:
        where = one.standings[one.alive]
        for row, values in enumerate((None, one.title_lengths[one.alive], one.text_lengths[one.alive])):
            found[row] += np.bincount(where, values, len(codes))
    return tuple((code, int(found[0, at]), int(found[1, at]), int(found[2, at])) for at, code in enumerate(codes) if found[0, at])
