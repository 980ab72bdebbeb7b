"""Which words of a question choose the articles that are ranked, and which only move them.

A frequent word (the, how) would read most of the index and decide little. When the words of a question stand in more places than `CHEAP`, the telling
ones choose the candidates, and the frequent ones are only looked up for these: they can move an article, never bring one up. The rule is part of the
ranking, so that every backend gives the same list; in a small knowledge base every word is telling.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.knowledge.domain.ranking import STEPS

CHEAP = 6_000
"""Occurrences of a question's words that are read without thinking."""
WIDE = 200
"""Candidates of a question whose frequent words are looked up afterwards."""
MICRO = 1_000_000
"""Scores are compared in millionths."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A term that a question looks for."""

    word: str
    """As it was typed."""
    term: str
    idf: float
    holding: int
    """Visible articles that have it."""
    corrected: bool


Terms = Mapping[str, Wanted]


@dataclass(frozen=True, slots=True)
class AskedWord:
    """One word of a question."""

    terms: frozenset[str]
    """What visible articles have of it, as it was typed or corrected; empty when none has it."""
    tells: float
    """The idf of the most telling of its terms; of a word that no article has, what a term would tell that no article has."""


def told(asked: Sequence[AskedWord], held: Iterable[str]) -> float:
    """Return 0..1: of all that the words of a question tell, the share of those that these terms stand for."""
    known, share, whole = set(held), 0.0, 0.0
    for one in asked:
        whole += one.tells
        if not one.terms.isdisjoint(known):
            share += one.tells
    return round(share / whole * STEPS) / STEPS if whole else 0.0


def split(terms: Terms) -> tuple[list[Wanted], list[Wanted]]:
    """Return the telling terms, the rarest first and at least one, and the frequent ones."""
    ordered = sorted(terms.values(), key=lambda one: (one.holding, one.term))
    occurrences, telling = 0, 0
    for one in ordered:
        occurrences += one.holding
        if telling and occurrences > CHEAP:
            break
        telling += 1
    return ordered[:telling], ordered[telling:]
