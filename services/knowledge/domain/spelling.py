"""Which word was meant: corrections of words that nobody ever wrote in an article."""

from collections.abc import Iterable
from functools import lru_cache

LARGEST_CHOICE = 3
"""Nearest words that a misspelt one may stand for."""
_ONE_EDIT_FROM = 4
_TWO_EDITS_FROM = 8
_FIRST_LETTER_FROM = 5


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
    elsewhere = min(allowed, 1) if len(term) >= _FIRST_LETTER_FROM else 0
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


def _different(left: str, right: str) -> tuple[str, str]:
    """Return two words without what they begin and end with alike: nobody gains by editing there."""
    shorter, at, back = min(len(left), len(right)), 0, 0
    while at < shorter and left[at] == right[at]:
        at += 1
    while back < shorter - at and left[-1 - back] == right[-1 - back]:
        back += 1
    return left[at : len(left) - back], right[at : len(right) - back]
