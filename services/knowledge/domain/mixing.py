"""Words and meaning in one score, and the small visible boosts of what is trusted and used.

When all words of the question are known, half is BM25 divided by the best one, else as much less as is unknown; the rest is how far the article's
closeness stands above the usual closeness of this question (text.md 5.2).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from services.knowledge.domain.lifecycle import ArticleState

MEANING = 0.5
"""The share of the meaning in a mixed score when every word of the question is known. Between .3 and .7 the figure hardly moves (text.md 5.2)."""
USUAL = 0.75
"""Closeness of texts that have nothing to do with each other (multilingual-e5-small); counts as much as `SUPPOSED` visible articles."""
SUPPOSED = 10
SPREAD = 0.08
"""The least distance between usual and best closeness that is stretched to 0..1: smaller ones are noise."""
USUAL_SPREAD = 0.028
"""Standard deviation of such closenesses: .02 within a question, .02 between questions (short ones are near to everything); counts likewise."""
BY_CHANCE = 0.8
"""How much of the farthest that the best of so many random closenesses would stand out, sqrt(2 ln n) standard deviations, the nearest article has
to stand out to be found by its meaning alone. One in thirty questions in another language that can be answered stay below it, and a third to two
thirds of those that cannot (docs/knowledge.md)."""
GOES_ALONG = 0.5
"""Behind a nearest article that stands out, others are found by meaning from this share of the bound on."""
BY_WORDS = 0.34
"""Without its meaning, an article is taken for an answer when its words tell more than a third of what those of the question tell."""
_STATE_BOOST = {ArticleState.VALIDATED.value: 0.03, ArticleState.WORK_IN_PROGRESS.value: -0.02}
_REUSE_STEP, _REUSE_MOST = 0.01, 0.05
_OVERDUE = -0.02
_PLACES = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """What the two halves are measured against for one question."""

    best_words: float
    usual: float
    nearest: float
    known_share: float
    """0..1: how much of what the question's words tell stands in visible articles."""


@dataclass(frozen=True, slots=True)
class Background:
    """How near the visible articles are to one question as a whole: what an answer has to stand out from."""

    usual: float
    spread: float
    articles: int

    @property
    def farthest(self) -> float:
        """How far above the usual the best of so many random closenesses would stand."""
        return math.sqrt(2 * math.log(self.articles + SUPPOSED)) * self.spread

    @property
    def bound(self) -> float:
        """How far above the usual the nearest article is an answer, and not merely the best of many that are none."""
        return BY_CHANCE * self.farthest

    def answers(self, nearest: float) -> bool:
        """Return whether meaning alone finds anything for this question; if not, what is missing is counted as a gap."""
        return nearest - self.usual >= self.bound

    def goes_along(self, closeness: float) -> bool:
        """Return whether an article is found besides the nearest one."""
        return closeness - self.usual >= GOES_ALONG * self.bound


def background(median: float, deviation: float, articles: int) -> Background:
    """Return it from the closenesses of the visible articles, drawn to what is known of the model while there are few of them."""
    usual = (articles * median + SUPPOSED * USUAL) / (articles + SUPPOSED)
    spread = math.sqrt((articles * deviation**2 + SUPPOSED * USUAL_SPREAD**2) / (articles + SUPPOSED))
    return Background(round(usual, _PLACES), round(spread, _PLACES), articles)


def is_answer(told: float, closeness: float | None, seen: Background | None) -> bool:
    """Return whether an article is likely to answer, and not merely the best that there is.

    Two things speak for it: the share of the question that its words tell (`told`), and how far its meaning stands out, measured by the farthest that
    chance would bring. Either may be enough, and what one lacks the other may make up for. What is not likely is found all the same, but it is said.
    """
    if closeness is None or seen is None:
        return told >= BY_WORDS
    return told + max(0.0, closeness - seen.usual) / seen.farthest >= 1


def word_weight(known_share: float) -> float:
    """Return the share of the words in a mixed score: as much less as the question's words are unknown, which few of another language's are not."""
    return round((1 - MEANING) * known_share, _PLACES)


def mixed(words: float, closeness: float | None, scale: Scale) -> float:
    """Return 0..1; an article whose vector is not ready yet (closeness None) is judged by its words alone."""
    by_words = words / scale.best_words if scale.best_words else 0.0
    if closeness is None:
        return by_words
    span = max(scale.nearest - scale.usual, SPREAD)
    by_meaning = min(1.0, max(0.0, (closeness - scale.usual) / span))
    weight = word_weight(scale.known_share)
    return weight * by_words + (1 - weight) * by_meaning


@lru_cache(maxsize=1 << 12)
def boosts(*, state: str, links: int, overdue: bool) -> Mapping[str, float]:
    """Return what raises or lowers a score besides the question, by name: shares of the score, together within -0.04..+0.08."""
    found = {
        "state": _STATE_BOOST.get(state, 0.0),
        "reuse": min(_REUSE_MOST, round(_REUSE_STEP * math.log2(1 + links), 6)),
        "review_overdue": _OVERDUE if overdue else 0.0,
    }
    return {name: share for name, share in found.items() if share}
