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

from services.knowledge.domain.ranking import TEXT_WEIGHT, TITLE_WEIGHT, Corpus, Part
from services.knowledge.domain.segments import Numbers, Placed, Segment, merged, segment
from services.knowledge.domain.spelling import Spellings
from services.knowledge.domain.telling import MICRO, WIDE, Terms, Wanted, split

Place = tuple[int, int]
"""Segment, and article in it."""
Worth = NDArray[np.float64]
_Scores = tuple[NDArray[np.int32], Worth]
"""Articles of one segment, and what each is worth in millionths."""
_NOTHING: Numbers = np.empty(0, dtype=np.int64)
MOST_KEPT = 256
"""Kinds of searchers for whom it is kept what they see: a byte for each article and kind."""
_MERGE_BELOW = 4
"""A segment is merged into the one before it when that is not more than so many times larger."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What searchers of one kind see of a snapshot; kept with it, since they ask more often than articles change."""

    corpus: Corpus
    masks: list[NDArray[np.bool_]]
    """Per segment which articles are visible."""
    worth: list[tuple[Worth, Worth]]
    """Per segment what the different pairs of its title and of its whole text are worth."""
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

    def seen(self, standings: tuple[str, ...], corpus: Corpus) -> Seen:
        """Return which articles have one of these standings; `corpus` is what these are as a whole."""
        known = self.kept.get(standings)
        if known is None:
            visible = np.array([code in standings for code in self.codes], dtype=bool)
            masks = [one.alive & visible[one.standings] if len(visible) else one.alive for one in self.segments]
            averages = (corpus.title_length, corpus.text_length)
            worth = [(TITLE_WEIGHT * one.in_title.worth(averages[0]), TEXT_WEIGHT * one.in_text.worth(averages[1])) for one in self.segments]
            known = Seen(corpus, masks, worth)
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

    def best(self, terms: Terms, seen: Seen, limit: int) -> dict[UUID, Place]:
        """Return the best articles by words with their places, best first, by the same rule and arithmetic as the statement over the rows."""
        telling, frequent = split(terms)
        chosen = [self._ranked(at, telling, seen) for at in range(len(self.segments))]
        if frequent:
            wide = self._best(chosen, max(limit, WIDE))
            chosen = [(articles, scores + self._moving(at, articles, frequent, seen)) for at, (articles, scores) in enumerate(wide)]
        rows = [
            (-score, self.segments[at].ids[article].int, at, article)
            for at, (articles, scores) in enumerate(self._best(chosen, limit))
            for article, score in zip(articles.tolist(), scores.tolist(), strict=True)
        ]
        return {self.segments[at].ids[article]: (at, article) for _, _, at, article in sorted(rows)}

    def worth(self, idfs: Mapping[str, float], places: Mapping[UUID, Place], seen: Seen) -> dict[UUID, list[Part]]:
        """Return what each term adds to each of these articles: ranking.parts, of all of them at once."""
        found: dict[UUID, list[Part]] = {}
        for at, one in enumerate(self.segments):
            mine = [(article, place) for article, (segment_at, place) in places.items() if segment_at == at]
            if not mine:
                continue
            lists: list[list[Part]] = [[] for _ in mine]
            titles, texts = seen.worth[at]
            held, rows, which = self._pairs(one, list(idfs), np.array([place for _, place in mine], dtype=np.int32))
            weights, terms = np.array(list(idfs.values()))[which], list(idfs)
            title, text = weights * titles[one.in_title.pairs[rows]], weights * texts[one.in_text.pairs[rows]]
            asked = [terms[number] for number in which.tolist()]
            for number, part in zip(held.tolist(), zip(asked, title.tolist(), text.tolist(), strict=True), strict=True):
                lists[number].append(part)
            found.update((article, its) for (article, _), its in zip(mine, lists, strict=True))
        return found

    def _ranked(self, at: int, terms: Sequence[Wanted], seen: Seen) -> _Scores:
        if not terms:
            return np.empty(0, dtype=np.int32), np.empty(0)
        one, (titles, texts) = self.segments[at], seen.worth[at]
        where = [one.of(self.vocabulary.get(wanted.term, -1)) for wanted in terms]
        weights = np.repeat([wanted.idf for wanted in terms], [some.stop - some.start for some in where])
        columns = (one.articles, one.in_title.pairs, one.in_text.pairs)
        articles, title, text = (np.concatenate([column[some] for some in where]) for column in columns)
        added, numbers = weights * (titles[title] + texts[text]), np.arange(len(articles), dtype=np.int32)
        latest = one.kept.room(len(one.ids))
        latest[articles] = numbers
        together = latest[articles]  # of an article that has several terms, one of its places stands for all
        one.kept.spare.append(latest)
        scores: Worth = np.bincount(together, added, len(articles)).astype(np.float64, copy=False)
        chosen = seen.masks[at][articles] & (together == numbers)
        found, worth = articles[chosen], np.round(MICRO * scores[chosen])
        counted = worth >= 1
        return found[counted], worth[counted]

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

    def _moving(self, at: int, articles: NDArray[np.int32], terms: Sequence[Wanted], seen: Seen) -> Worth:
        """Return what some terms are worth in some articles of a segment."""
        one, (titles, texts) = self.segments[at], seen.worth[at]
        held, rows, which = self._pairs(one, [wanted.term for wanted in terms], articles)
        weights = np.array([wanted.idf for wanted in terms])[which]
        worth = np.bincount(held, weights * (titles[one.in_title.pairs[rows]] + texts[one.in_text.pairs[rows]]), len(articles))
        return np.round(MICRO * worth)

    def _pairs(self, one: Segment, terms: Sequence[str], articles: NDArray[np.int32]) -> tuple[Numbers, Numbers, Numbers]:
        """Return which of these articles (numbers in the list) have the first term, then the next ones; where that lies; and which term it is."""
        if not terms or not len(articles):
            return _NOTHING, _NOTHING, _NOTHING
        rows = np.concatenate([one.rows(self.vocabulary.get(term, -1), articles) for term in terms])
        found = (rows >= 0).nonzero()[0]
        which, held = np.divmod(found, len(articles))
        return held, rows[found], which


class PostingIndex:
    """All posting rows of one process: one writer at a time replaces segments, readers take a snapshot."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[UUID, Place] = {}
        self._codes: dict[str, int] = {}
        self._vocabulary: dict[str, int] = {}
        self._terms: list[str] = []
        self._spellings = Spellings()
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
            self._spellings.take_in(self._terms)
            self._show([base])

    def term(self, term: str) -> int:
        """Return the number of a term."""
        number = self._vocabulary.setdefault(term, len(self._terms))
        if number == len(self._terms):
            self._terms.append(term)
        return number

    def alike(self, term: str) -> list[str]:
        """Return the terms of all articles that this one may stand for, nearest first."""
        return self._spellings.near(term, self._terms)

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
