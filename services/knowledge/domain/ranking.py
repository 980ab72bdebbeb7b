"""How well an article answers a question: BM25 of its title added to BM25 of its whole text (the title included).

Taking the whole text as the second field, instead of the body alone, was better on six development sets in four languages (docs/knowledge.md).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

K1 = 0.9
"""How soon a repeated word stops to count more."""
B = 0.75
"""How much a long text is discounted."""
TITLE_WEIGHT = 1.0
TEXT_WEIGHT = 1.0
PLACES = 6
"""Decimal places of a score. Both databases add in their own order; rounded, they agree, and ties go by the article's id."""

STEPS = 10**PLACES
"""Steps of a score in one: `round(value * STEPS) / STEPS` is `round(value, PLACES)` in a quarter of the time."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What one searcher may see: how many articles, and how long title and whole text are in terms on average."""

    articles: int
    title_length: float
    text_length: float


class Occurrence(NamedTuple):
    """How often a term occurs in one article, and how long the fields are that it occurs in."""

    term: str
    in_title: int
    in_text: int
    title_length: int
    text_length: int


def idf(corpus: Corpus, holding: int) -> float:
    """Return how much a term tells that `holding` of the visible articles have; always positive (Lucene's form)."""
    return math.log(1 + (corpus.articles - holding + 0.5) / (holding + 0.5))


def saturation(occurrences: int, length: int, average: float) -> float:
    """Return 0..K1+1: what the occurrences of a term in one field are worth."""
    if not occurrences:
        return 0.0
    return occurrences * (K1 + 1) / (occurrences + K1 * (1 - B + B * length / average))


Part = tuple[str, float, float]
"""A term, and what it adds by the title and by the whole text."""


def parts(one: Occurrence, weight: float, corpus: Corpus) -> Part:
    """Return what a term of this idf adds."""
    title = TITLE_WEIGHT * weight * saturation(one.in_title, one.title_length, corpus.title_length)
    return one.term, title, TEXT_WEIGHT * weight * saturation(one.in_text, one.text_length, corpus.text_length)
