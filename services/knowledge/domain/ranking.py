"""How well an article answers a question: BM25 per field, title twice (text.md 5.1, the last but four rows)."""

import math
from dataclasses import dataclass

K1 = 1.2
"""How soon a repeated word stops to count more."""
B = 0.75
"""How much a long text is discounted."""
TITLE_WEIGHT = 2.0
BODY_WEIGHT = 1.0
PLACES = 6
"""Decimal places of a score. Both databases add in their own order; rounded, they agree, and ties go by the article's id."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What one searcher may see: how many articles, and how long their fields are in terms on average."""

    articles: int
    title_length: float
    body_length: float


def idf(corpus: Corpus, holding: int) -> float:
    """Return how much a term tells that `holding` of the visible articles have; always positive (Lucene's form)."""
    return math.log(1 + (corpus.articles - holding + 0.5) / (holding + 0.5))


def saturation(occurrences: int, length: int, average: float) -> float:
    """Return 0..K1+1: what the occurrences of a term in one field are worth."""
    if not occurrences:
        return 0.0
    return occurrences * (K1 + 1) / (occurrences + K1 * (1 - B + B * length / average))
