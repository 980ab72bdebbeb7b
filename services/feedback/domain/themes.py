"""Themes that nobody defined: what is said again and again and fits no code.

Spherical k-means on the residue of the categoriser (text.md 3.6: density methods discard half of short comments), named by class-based TF-IDF
(Grootendorst 2022), quoted by what lies nearest to the middle. Deterministic: the lots are drawn by a fixed seed.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.ports import Matrix

FEWEST_VOICES = 30
"""With fewer voices nothing is looked for."""
SMALLEST, MOST_THEMES = 8, 60
COHERENT = 0.3
"""Mean cosine of the members to their middle; a looser heap is no theme."""
SAME = 0.8
"""Cosine of two middles from which a theme of today is one of before."""
ROUNDS, STARTS = 25, 3
NAMED_BY, QUOTED = 4, 3
COMMONPLACE = 0.6
"""A word that so large a share of all voices uses names nothing."""
_Found = tuple[tuple[int, ...], Matrix, tuple[int, ...], float]
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]+")


@dataclass(frozen=True, slots=True)
class Heap:
    """One found theme. `members` and `quotes` are places in the list of voices, nearest to the middle first."""

    members: tuple[int, ...]
    middle: Matrix
    words: tuple[str, ...]
    quotes: tuple[int, ...]
    coherence: float


def find(rows: Matrix, texts: Sequence[str], groups: Sequence[str | None]) -> list[Heap]:
    """Return the themes of the voices, largest first. `rows` are centred vectors of length 1.

    `groups` names the product of each voice: what all voices about a product share is taken out first, else the heaps are products, not problems.
    """
    if len(rows) < FEWEST_VOICES:
        return []
    flat = _without_groups(rows, groups)
    count = min(MOST_THEMES, max(2, round(math.sqrt(len(rows) / 2))))
    place = _joined(flat, _k_means(flat, count), count)
    common = _commonplace(texts)
    spoken = [[word for word in _tokens(text) if word not in common] for text in texts]
    overall = Counter(word for words in spoken for word in words)
    heaps = []
    for number in range(count):
        found = _heap(np.flatnonzero(place == number), flat, rows, texts)
        if found is not None:
            members, middle, quotes, coherence = found
            heaps.append(Heap(members, middle, _named([spoken[one] for one in members], overall, len(spoken)), quotes, coherence))
    return sorted(heaps, key=lambda one: (-len(one.members), one.words))


def _heap(
    inside: NDArray[np.int64], flat: Matrix, rows: Matrix, texts: Sequence[str]
) -> tuple[tuple[int, ...], Matrix, tuple[int, ...], float] | None:
    if len(inside) < SMALLEST:
        return None
    closeness = flat[inside] @ _unit(flat[inside].mean(axis=0))
    coherence = float(closeness.mean())
    if coherence < COHERENT:
        return None
    order = [int(inside[at]) for at in np.argsort(-closeness, kind="stable")]
    quotes: dict[str, int] = {}
    for one in order:
        quotes.setdefault(texts[one].casefold(), one)
    return tuple(order), _unit(rows[inside].mean(axis=0)), tuple(list(quotes.values())[:QUOTED]), round(coherence, 4)


def matched(heaps: Sequence[Heap], before: Sequence[tuple[UUID, Matrix]]) -> list[UUID | None]:
    """Return for each heap the theme of before that it is, nearest pairs first; None for a new one."""
    found: list[UUID | None] = [None] * len(heaps)
    if not heaps or not before:
        return found
    closeness = np.vstack([one.middle for one in heaps]) @ np.vstack([middle for _, middle in before]).T
    taken: set[int] = set()
    for at in np.argsort(-closeness, axis=None, kind="stable"):
        heap, former = divmod(int(at), len(before))
        if closeness[heap, former] < SAME:
            break
        if found[heap] is None and former not in taken:
            found[heap] = before[former][0]
            taken.add(former)
    return found


def growth(recent: int, before: int, days_recent: float, days_before: float) -> float:
    """Return how many times as often it is said per day now as before; one voice is added to each side, so that small numbers stay small."""
    return round(((recent + 1) / days_recent) / ((before + 1) / days_before), 2) if days_before > 0 else 1.0


def _without_groups(rows: Matrix, groups: Sequence[str | None]) -> Matrix:
    flat = rows.copy()
    for name in {one for one in groups if one is not None}:
        inside = np.array([one == name for one in groups])
        if int(inside.sum()) >= SMALLEST:
            flat[inside] -= flat[inside].mean(axis=0)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _k_means(rows: Matrix, count: int) -> NDArray[np.int64]:
    """Return the heap of each row: the best of a few starts (k-means++ of Arthur and Vassilvitskii 2007, on the sphere)."""
    lot, best, kept = np.random.default_rng(0), -math.inf, np.zeros(len(rows), dtype=np.int64)
    for _ in range(STARTS):
        middles = _first_middles(rows, count, lot)
        place = np.zeros(len(rows), dtype=np.int64)
        for _ in range(ROUNDS):
            closeness = rows @ middles.T
            moved = closeness.argmax(axis=1)
            if bool((moved == place).all()):
                break
            place = moved
            middles = np.vstack([_unit(rows[place == one].mean(axis=0)) if (place == one).any() else middles[one] for one in range(count)])
        score = float((rows @ middles.T).max(axis=1).sum())
        if score > best:
            best, kept = score, place
    return kept


def _joined(rows: Matrix, place: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Join heaps that are one by their middles, nearest pair first: k-means cuts a large theme into as many as it is told to make."""
    while True:
        present = [one for one in range(count) if (place == one).any()]
        middles = np.vstack([_unit(rows[place == one].mean(axis=0)) for one in present])
        closeness = middles @ middles.T - 2 * np.eye(len(present))
        first, second = divmod(int(closeness.argmax()), len(present))
        if len(present) < 2 or closeness[first, second] < SAME:  # noqa: PLR2004 - a pair
            return place
        place = np.where(place == present[second], present[first], place)


def _first_middles(rows: Matrix, count: int, lot: np.random.Generator) -> Matrix:
    chosen = [int(lot.integers(len(rows)))]
    away = np.clip(1 - rows @ rows[chosen[0]], 0, None).astype(np.float64)
    while len(chosen) < count:
        total = float(away.sum())
        chosen.append(int(lot.choice(len(rows), p=away / total)) if total > 0 else int(lot.integers(len(rows))))
        away = np.minimum(away, np.clip(1 - rows @ rows[chosen[-1]], 0, None))
    return np.asarray(rows[chosen], dtype=np.float32)


def _unit(row: Matrix) -> Matrix:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-9), dtype=np.float32)


def _tokens(text: str) -> list[str]:
    found = []
    for word in _WORD.findall(text.casefold()):
        if _UNSPACED.match(word):
            found += [word[at : at + 2] for at in range(len(word) - 1)]
        elif len(word) > 2 and not word.isdecimal():  # noqa: PLR2004 - shorter words name nothing
            found.append(word)
    return found


def _commonplace(texts: Sequence[str]) -> set[str]:
    spread = Counter(word for text in texts for word in set(_tokens(text)))
    return {word for word, count in spread.items() if count > COMMONPLACE * len(texts)}


def _named(inside: Sequence[Sequence[str]], overall: Counter[str], voices: int) -> tuple[str, ...]:
    """c-TF-IDF: how often inside, times ln(1 + words of an average voice / how often overall)."""
    counts = Counter(word for words in inside for word in words)
    average = sum(overall.values()) / max(1, voices)
    weight = {word: count * math.log(1 + average * voices / len(inside) / overall[word]) for word, count in counts.items() if count > 1}
    return tuple(sorted(weight, key=lambda word: (-weight[word], word))[:NAMED_BY])
