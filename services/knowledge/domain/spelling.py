"""Which word was meant: corrections of words that nobody ever wrote in an article."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LARGEST_CHOICE = 3
"""Nearest words that a misspelt one may stand for."""
_ONE_EDIT_FROM = 4
_TWO_EDITS_FROM = 8
_FIRST_LETTER_FROM = 5
_SWAPPED = 4
"""Letters of two words that differ in two swapped ones."""


def allowed_edits(term: str) -> int:
    """Return how many typing errors a word of this length may hold: 1 from 4 letters, 2 from 8 (text.md 5.3)."""
    if len(term) >= _TWO_EDITS_FROM:
        return 2
    return 1 if len(term) >= _ONE_EDIT_FROM else 0


def nearest(term: str, vocabulary: Iterable[str]) -> list[str]:
    """Return the known words that the term may stand for, nearest first.

    Few people miss the first letter: such a word counts as one edit further away, and only from five letters on.
    """
    allowed, letters = allowed_edits(term), _letters(term)
    found: list[tuple[int, str]] = []
    elsewhere = _allowed_elsewhere(term)
    for known in vocabulary:
        other_start = known[:1] != term[:1]
        most = elsewhere if other_start else allowed
        if abs(len(known) - len(term)) > most:
            continue
        if (letters ^ _letters(known)).bit_count() > 2 * most:  # one edit changes at most two letters of the alphabet used
            continue
        edits = edit_distance(term, known, most)
        if 0 < edits <= most:
            found.append((edits + other_start, known))
    return [known for _, known in sorted(found)]


class Spellings:
    """How many words are spelt, as arrays: of these, only few have to be compared with a word that nobody wrote."""

    def __init__(self) -> None:
        self._known: NDArray[np.uint64] = np.empty((5, 0), dtype=np.uint64)
        """Letters, pairs of letters, length, first and last letter of each word; replaced whole, since searches run in several threads."""

    def near(self, term: str, words: Sequence[str]) -> list[str]:
        """Return the same as `nearest(term, words)`; `words` are those of the call before, and others behind them."""
        known = self.take_in(words)
        own = np.array(_spelt(term), dtype=np.uint64)[:, None]
        letters, pairs = np.bitwise_count(known[:2] ^ own[:2])
        longer = np.abs((known[2] - own[2]).view(np.int64))
        alike = _within(allowed_edits(term), letters, pairs, longer) & (known[3] == own[3])
        elsewhere = _allowed_elsewhere(term)  # the first letter is the one edit, so that the last one is right
        if elsewhere:
            alike |= _within(elsewhere, letters, pairs, longer) & (known[4] == own[4])
        return nearest(term, [words[at] for at in np.flatnonzero(alike).tolist()])

    def take_in(self, words: Sequence[str]) -> NDArray[np.uint64]:
        """Read the words behind those of the call before."""
        known = self._known
        added = words[known.shape[1] :]
        if added:
            known = self._known = np.concatenate([known, np.array([_spelt(word) for word in added], dtype=np.uint64).T], axis=1)
        return known


def _within(most: int, letters: NDArray[np.uint8], pairs: NDArray[np.uint8], longer: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which words may be within so many edits: each changes at most two letters, six pairs (a swap does) and the length by one."""
    found: NDArray[np.bool_] = (letters <= 2 * most) & (pairs <= 6 * most) & (longer <= most)
    return found


def _spelt(word: str) -> tuple[int, int, int, int, int]:
    return _letters(word), _pairs(word), len(word), ord(word[0]), ord(word[-1])


def _pairs(word: str) -> int:
    """Return one bit for each pair of neighbours, as `_letters` does."""
    found = 0
    for left, right in pairwise(word):
        found |= 1 << ((31 * ord(left) + ord(right)) & 63)
    return found


def _allowed_elsewhere(term: str) -> int:
    return min(allowed_edits(term), 1) if len(term) >= _FIRST_LETTER_FROM else 0


@lru_cache(maxsize=1 << 16)
def _letters(word: str) -> int:
    """Return one bit for each letter that a word has; two letters may share one, so that words never look farther apart than they are."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


def edit_distance(left: str, right: str, limit: int) -> int:
    """Return the optimal string alignment distance (insert, delete, replace, swap neighbours), or limit + 1 when it is larger."""
    left, right = _different(left, right)
    if limit == 1:  # so it is asked of most words
        return 0 if not left and not right else 1 if _one_edit(left, right) else 1 + limit
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        older, before = before, row
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _one_edit(left: str, right: str) -> bool:
    """Return whether two words that neither begin nor end alike, and are not both empty, are at most a letter each, or the same two swapped."""
    return max(len(left), len(right)) == 1 or (len(left) + len(right) == _SWAPPED and left == right[::-1])


def _different(left: str, right: str) -> tuple[str, str]:
    """Return two words without what they begin and end with alike: nobody gains by editing there."""
    shorter, at, back = min(len(left), len(right)), 0, 0
    while at < shorter and left[at] == right[at]:
        at += 1
    while back < shorter - at and left[-1 - back] == right[-1 - back]:
        back += 1
    return left[at : len(left) - back], right[at : len(right) - back]
