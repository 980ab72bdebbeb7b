"""Words and meaning in one score, and the small visible boosts of what is trusted and used.

Half is BM25 divided by the best one, half is how far the article's closeness stands above the usual closeness of this question (text.md 5.2).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.knowledge.domain.lifecycle import ArticleState

MEANING = 0.5
"""The share of the meaning in a mixed score. Between .3 and .7 the figure hardly moves (text.md 5.2)."""
USUAL = 0.75
"""Closeness of texts that have nothing to do with each other (multilingual-e5-small); counts as much as `SUPPOSED` visible articles."""
SUPPOSED = 10
SPREAD = 0.08
"""The least distance between usual and best closeness that is stretched to 0..1: smaller ones are noise."""
CLOSE_ENOUGH = 0.8
"""From this closeness on an article is found by its meaning alone."""
_STATE_BOOST = {ArticleState.VALIDATED.value: 0.03, ArticleState.WORK_IN_PROGRESS.value: -0.02}
_REUSE_STEP, _REUSE_MOST = 0.01, 0.05
_OVERDUE = -0.02


@dataclass(frozen=True, slots=True)
class Scale:
    """What the two halves are measured against for one question."""

    best_words: float
    usual: float
    nearest: float


def usual_closeness(median: float, articles: int) -> float:
    """Return what counts as far away: the median over the visible articles, drawn to USUAL while there are few of them."""
    return (articles * median + SUPPOSED * USUAL) / (articles + SUPPOSED)


def mixed(words: float, closeness: float | None, scale: Scale) -> float:
    """Return 0..1; an article whose vector is not ready yet (closeness None) is judged by its words alone."""
    by_words = words / scale.best_words if scale.best_words else 0.0
    if closeness is None:
        return by_words
    span = max(scale.nearest - scale.usual, SPREAD)
    by_meaning = min(1.0, max(0.0, (closeness - scale.usual) / span))
    return (1 - MEANING) * by_words + MEANING * by_meaning


def boosts(*, state: str, links: int, overdue: bool) -> Mapping[str, float]:
    """Return what raises or lowers a score besides the question, by name: shares of the score, together within -0.04..+0.08."""
    found = {
        "state": _STATE_BOOST.get(state, 0.0),
        "reuse": min(_REUSE_MOST, round(_REUSE_STEP * math.log2(1 + links), 6)),
        "review_overdue": _OVERDUE if overdue else 0.0,
    }
    return {name: share for name, share in found.items() if share}
