"""A head that reads words: TF-IDF of words, word pairs and letter groups, and multinomial logistic regression on them.

It needs no embedder, catches the organisation's own product names, and is averaged with the vector head where that is measurably better.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.ports import Matrix

MOST_TERMS = 24_000
"""The commonest terms are kept: 77 codes then need 7 MB."""
FEWEST_TEXTS = 2
"""A term of one text alone tells nothing about another."""
MOST_WIDE_TERMS = 32_000
"""With pairs of words that stand apart."""
REACH, BEGINNING = 8, 5
"""How many words on the second of such a pair may stand, and how much of each is looked at: endings must not part what belongs together."""
GROUPS = (3, 4)
DENSE = 6_000_000
"""Cells of a table, texts x terms, that are kept as they are: 24 MB while a head is learned."""
_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]+")


def terms(text: str, *, wide: bool = False) -> list[str]:
    """Return the terms of a text: words, pairs of words, groups of letters within a word; pairs of signs where words are not spaced.

    `wide`: also each two words, by their beginnings, that stand near one another in whichever order; such a pair counts once.
    """
    found: list[str] = []
    words = _WORD.findall(text.casefold())
    found += words
    found += [f"{first} {second}" for first, second in pairwise(words)]
    for word in words:
        if _UNSPACED.match(word):
            found += [word[at : at + size] for size in (1, 2, 3) for at in range(len(word) - size + 1)]
        else:
            framed = f"^{word}$"
            found += [framed[at : at + size] for size in GROUPS for at in range(len(framed) - size + 1)]
    return found + sorted(_pairs(words)) if wide else found


def _pairs(words: Sequence[str]) -> set[str]:
    begun = [word[:BEGINNING] for word in words]
    near = ((one, other) for at, one in enumerate(begun) for other in begun[at + 1 : at + 1 + REACH])
    return {f"{one}&{other}" if one < other else f"{other}&{one}" for one, other in near if one != other}


@dataclass(frozen=True, slots=True)
class WordHead:
    """Weights of terms. `weights` is terms x codes."""

    vocabulary: dict[str, int]
    rarity: Matrix
    """Inverse document frequency of each term: ln((1+n)/(1+df)) + 1."""
    weights: Matrix
    bias: Matrix
    wide: bool = False
    """Whether pairs of words that stand apart are among the terms."""

    def logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return texts x codes."""
        at, weight, ends = _weighed(texts, self.vocabulary, self.rarity, wide=self.wide)
        rows = [weight[first:last] @ self.weights[at[first:last]] for first, last in pairwise(ends)]
        return np.asarray(np.reshape(rows, (len(texts), len(self.bias))) + self.bias, dtype=np.float64)

    def telling(self, text: str, place: int, most: int) -> list[str]:
        """Return the words and pairs of the text that speak most for the code at `place`, strongest first."""
        at, weight, _ = _weighed([text], self.vocabulary, self.rarity, wide=self.wide)
        names = list(self.vocabulary)
        weighed = [(float(value * self.weights[term, place]), names[term]) for term, value in zip(at, weight, strict=True)]
        whole = set(_WORD.findall(text.casefold()))
        spoken = [(weight, name) for weight, name in weighed if weight > 0 and set(name.split(" ")) <= whole]
        return [name for _, name in sorted(spoken, key=lambda one: (-one[0], one[1]))[:most]]


@dataclass(frozen=True, slots=True)
class WordTable:
    """Texts as rows of weighed terms, with what made them."""

    rows: Any
    """A matrix of float32, or a scipy csr matrix where that would be large."""
    vocabulary: dict[str, int]
    rarity: Matrix
    wide: bool

    def head(self, weights: Matrix, bias: Matrix) -> WordHead:
        """Return the head with these weights of the table's terms."""
        return WordHead(self.vocabulary, self.rarity, weights, bias, self.wide)


def word_table(texts: Sequence[str], fewest: int = FEWEST_TEXTS, *, wide: bool = False) -> WordTable:
    """Choose the terms that at least `fewest` of these texts have, and weigh them. `wide`: pairs of words that stand apart are terms, too."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(terms(text, wide=wide)))
    common = sorted(((count, term) for term, count in counts.items() if count >= fewest), key=lambda one: (-one[0], one[1]))
    kept = common[: MOST_WIDE_TERMS if wide else MOST_TERMS]
    vocabulary = {term: place for place, (_, term) in enumerate(sorted(kept, key=lambda one: one[1]))}
    frequency = np.zeros(len(vocabulary), dtype=np.float32)
    for count, term in kept:
        frequency[vocabulary[term]] = count
    rarity = np.asarray(np.log((1 + len(texts)) / (1 + frequency)) + 1, dtype=np.float32)
    return WordTable(_table(texts, vocabulary, rarity, wide=wide), vocabulary, rarity, wide)


def _table(texts: Sequence[str], vocabulary: dict[str, int], rarity: Matrix, *, wide: bool) -> Any:
    """Return the rows as a matrix: dense where that is small, else a scipy csr matrix."""
    at, weight, ends = _weighed(texts, vocabulary, rarity, wide=wide)
    shape = (len(texts), len(vocabulary))
    if shape[0] * shape[1] <= DENSE:
        dense = np.zeros(shape, dtype=np.float32)
        dense[np.repeat(np.arange(len(texts)), np.diff(ends)), at] = weight
        return dense
    from scipy import sparse  # 23 MiB that a house without many labels never needs

    return sparse.csr_matrix((weight, at, ends), shape=shape)


def _weighed(texts: Sequence[str], vocabulary: dict[str, int], rarity: Matrix, *, wide: bool) -> tuple[NDArray[np.int32], Matrix, NDArray[np.int32]]:
    """Return the places of the texts' terms, their weights (1 + ln count) x rarity in rows of length 1, and where each row ends, with 0 in front."""
    places: list[int] = []
    values: list[int] = []
    ends = [0]
    for text in texts:
        for term, count in Counter(terms(text, wide=wide)).items():
            place = vocabulary.get(term)
            if place is not None:
                places.append(place)
                values.append(count)
        ends.append(len(places))
    at, borders = np.asarray(places, dtype=np.int32), np.asarray(ends, dtype=np.int32)
    weight = ((1 + np.log(np.asarray(values, dtype=np.float32))) * rarity[at]).astype(np.float32)
    owner = np.repeat(np.arange(len(texts)), np.diff(borders))
    lengths = np.sqrt(np.bincount(owner, weights=weight**2, minlength=len(texts)))
    return at, np.asarray(weight / np.maximum(lengths, 1e-9)[owner], dtype=np.float32), borders
