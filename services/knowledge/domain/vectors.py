"""Meaning as vectors: how a text is cut for the embedder, and the vectors of all articles in memory, the nearest ones first."""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.knowledge.domain.mixing import Background, background

Vectors = NDArray[np.float32]
PART_TOKENS = 220
"""Roughly the word pieces of one part; the model was trained on short passages."""
MOST_PARTS = 40
"""Parts of one text that are embedded: the first ones."""
LONGEST_PART = 2_000
"""Characters that are ever given to the embedder at once: its time grows faster than the text (text.md 1)."""
LONGEST_WORD = 60
_SENTENCES = re.compile("(?<=[.!?\u3002\uff01\uff1f\uff1b;\n])\\s*")
_WORDS = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_UNSPACED_FROM = 0x2E80
_PLACES = 6
_MERGE_FROM = 16
_SHORTEST = 1e-9


def embeddable(text: str) -> str:
    """Return the text within what the embedder takes in bearable time: capped, endless words broken."""
    return _WORDS.sub(lambda found: found.group() + " ", text.replace("\x00", " "))[:LONGEST_PART]


def text_parts(title: str, body: str) -> list[str]:
    """Cut a text at its sentences into parts of bounded length, each under the title."""
    parts, now, cost = [], "", 0.0
    for sentence in _SENTENCES.split(body):
        weight = sum(1.0 if ord(letter) >= _UNSPACED_FROM else 0.27 for letter in sentence)
        if now and cost + weight > PART_TOKENS:
            parts.append(now)
            now, cost = "", 0.0
        now, cost = f"{now} {sentence}".strip(), cost + weight
    if now or not parts:
        parts.append(now)
    return [embeddable(f"{title}\n{part}") for part in parts[:MOST_PARTS]]


def language_directions(parallel: Sequence[Vectors]) -> Vectors:
    """Return what tells only the language, as orthonormal rows, from one table per language of texts that mean the same row by row.

    The means of the languages span it, their common mean taken off (LSAR: Xie, Zhao, Yu and Li, EMNLP 2022, aclanthology.org/2022.emnlp-main.379).
    """
    means = np.array([table.mean(axis=0) for table in parallel], dtype=np.float64)
    spanned = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)[2]
    return np.asarray(spanned[: len(parallel) - 1], dtype=np.float32)


def neutral(vectors: Vectors, directions: Vectors | None) -> Vectors:
    """Return the vectors, length 1, without what tells only their language: a question comes nearer to its answer in another one."""
    if directions is None:
        return vectors
    rest = vectors - (vectors @ directions.T) @ directions
    return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=-1, keepdims=True), _SHORTEST), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class ArticleVectors:
    """The vectors of one article's parts (length 1 each), and its standing; no parts when nothing is left of it."""

    article_id: UUID
    standing: str
    parts: Vectors


@dataclass(frozen=True, slots=True)
class Meaning:
    """How near the visible articles are to one question."""

    nearest: tuple[tuple[UUID, float], ...]
    """The nearest first: cosine of the best part."""
    background: Background
    """How near articles are to this question that have nothing to do with it."""
    closeness: Callable[[UUID], float | None]
    """Any article's closeness; None while its vector is not ready."""


@dataclass(slots=True)
class _Segment:
    ids: list[UUID]
    starts: NDArray[np.int64]
    matrix: Vectors
    standings: NDArray[np.int64]
    alive: NDArray[np.bool_]


class VectorIndex:
    """All vectors of one process; readers take a snapshot, one writer adds what changed."""

    def __init__(self, directions: Vectors | None = None) -> None:
        self._directions = directions
        self.stamp = 0
        """How far the database was read."""
        self._lock = threading.Lock()
        self._segments: tuple[_Segment, ...] = ()
        self._codes: dict[str, int] = {}
        self._place: dict[UUID, tuple[int, int]] = {}

    def absorb(self, changed: Sequence[ArticleVectors], stamp: int) -> None:
        """Take in what changed up to `stamp`; the same twice does no harm."""
        with self._lock:
            if stamp <= self.stamp and changed:
                return
            segments = list(self._segments)
            for one in changed:
                known = self._place.pop(one.article_id, None)
                if known is not None:
                    old = segments[known[0]]
                    alive = old.alive.copy()
                    alive[known[1]] = False
                    segments[known[0]] = _Segment(old.ids, old.starts, old.matrix, old.standings, alive)
            added = self._segment([one for one in changed if len(one.parts)])
            if added is not None:
                added.matrix = neutral(added.matrix, self._directions)
                self._place.update({one: (len(segments), at) for at, one in enumerate(added.ids)})
                segments.append(added)
            self._segments = tuple(segments)
            self.stamp = max(self.stamp, stamp)
            if len(segments) > _MERGE_FROM:
                self._merge()

    def nearest(self, question: Vectors, visible: Callable[[str], bool], most: int) -> Meaning | None:
        """Return how near the visible articles are; None when none of them has a vector."""
        segments, seen = self._segments, np.array([visible(code) for code in self._codes], dtype=bool)
        asked = neutral(question, self._directions)
        scores = [_best(one, asked, seen) for one in segments]
        flat = np.concatenate(scores) if scores else np.empty(0)
        living = flat[np.isfinite(flat)]
        if not len(living):
            return None
        chosen = np.argsort(-flat, kind="stable")[: min(most, len(living))]
        offsets = np.cumsum([0, *(len(one) for one in scores)])
        near = [(_id_at(segments, offsets, int(at)), float(flat[at])) for at in chosen]

        def closeness(article_id: UUID) -> float | None:
            segment, at = self._place.get(article_id, (len(segments), 0))
            if segment >= len(segments) or at >= len(segments[segment].ids) or segments[segment].ids[at] != article_id:
                return None
            found = float(scores[segment][at])
            return found if np.isfinite(found) else None

        near.sort(key=lambda pair: (-pair[1], pair[0]))
        return Meaning(tuple(near), background(float(np.median(living)), float(np.std(living)), len(living)), closeness)

    def _segment(self, articles: Sequence[ArticleVectors]) -> _Segment | None:
        if not articles:
            return None
        sizes = [len(one.parts) for one in articles]
        codes = [self._codes.setdefault(one.standing, len(self._codes)) for one in articles]
        return _Segment(
            [one.article_id for one in articles],
            np.cumsum([0, *sizes[:-1]]),
            np.concatenate([one.parts for one in articles]).astype(np.float32),
            np.array(codes, dtype=np.int64),
            np.ones(len(articles), dtype=bool),
        )

    def _merge(self) -> None:
        names = list(self._codes)
        living = sorted(_living(self._segments, names), key=lambda one: one.article_id)
        merged = self._segment(living)
        self._segments = (merged,) if merged else ()
        self._place = {one.article_id: (0, at) for at, one in enumerate(living)}


def _best(segment: _Segment, question: Vectors, seen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the closeness of each article's best part; minus infinity for what is gone or not visible."""
    best = np.minimum(np.maximum.reduceat(segment.matrix @ question, segment.starts).astype(np.float64).round(_PLACES), 1.0)
    return np.where(segment.alive & seen[segment.standings], best, -np.inf)


def _id_at(segments: Sequence[_Segment], offsets: NDArray[np.int64], at: int) -> UUID:
    segment = int(np.searchsorted(offsets, at, side="right")) - 1
    return segments[segment].ids[at - int(offsets[segment])]


def _living(segments: Iterable[_Segment], names: Sequence[str]) -> Iterable[ArticleVectors]:
    for segment in segments:
        ends = [*segment.starts[1:], len(segment.matrix)]
        for at, (article, start, end) in enumerate(zip(segment.ids, segment.starts, ends, strict=True)):
            if segment.alive[at]:
                yield ArticleVectors(article, names[int(segment.standings[at])], segment.matrix[int(start) : int(end)])
