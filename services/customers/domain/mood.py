"""How a customer stands to us, from what they said; the newest saying counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mood(StrEnum):
    """Unhappy is the one that others act on."""

    UNHAPPY = "unhappy"
    NEUTRAL = "neutral"
    HAPPY = "happy"


class Verdict(StrEnum):
    """What one saying means."""

    BAD = "bad"
    FAIR = "fair"
    GOOD = "good"


_ORDER = {Verdict.BAD: 0, Verdict.FAIR: 1, Verdict.GOOD: 2}
_MOOD_ORDER = {Mood.UNHAPPY: 0, Mood.NEUTRAL: 1, Mood.HAPPY: 2}
_SENTIMENT = {"negative": Verdict.BAD, "neutral": Verdict.FAIR, "positive": Verdict.GOOD}
_BOUNDS = {"csat5": (2, 4), "nps11": (6, 9), "ces7": (3, 5)}
"""Kind of question -> (worst up to, best from): bottom 2 and top 2 of 5, detractor and promoter, bottom 3 and top 3 of 7."""
_SCALE = {"csat5": 5.0, "nps11": 10.0, "ces7": 7.0}


@dataclass(frozen=True, slots=True)
class Score:
    """A score on its scale and what it means."""

    score: float
    scale_max: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """The mood and the moment of the saying that made it; None before the first."""

    mood: Mood
    at: datetime | None


def of_answer(kind: str, score: int) -> Score | None:
    """Return what a score means on its question's own scale; None for questions that do not judge."""
    if kind not in _BOUNDS:
        return None
    bad_to, good_from = _BOUNDS[kind]
    return Score(float(score), _SCALE[kind], _verdict(score, bad_to, good_from))


def of_stars(score: float, scale_max: float) -> Score:
    """Return what a review's score means: 0 to 10 as a recommendation, anything else as a share of its scale (2 of 5 is bad, 4 of 5 good)."""
    if scale_max == _SCALE["nps11"]:
        return Score(score, scale_max, _verdict(score, *_BOUNDS["nps11"]))
    return Score(score, scale_max, _verdict(score / scale_max, 0.4, 0.8))


def of_sentiment(sentiment: str) -> Verdict:
    """Return what the tone of a text means."""
    return _SENTIMENT.get(sentiment, Verdict.FAIR)


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """One bad word outweighs the good ones beside it, and a good one a fair one; None when nothing was said."""
    found = set(verdicts)
    return next((verdict for verdict in (Verdict.BAD, Verdict.GOOD, Verdict.FAIR) if verdict in found), None)


def worst_score(scores: Iterable[Score]) -> Score | None:
    """Return the score that tells most against us; None when there is none."""
    return min(scores, key=lambda found: (_ORDER[found.verdict], found.score / found.scale_max), default=None)


def after_saying(standing: Standing, verdict: Verdict, at: datetime) -> Standing:
    """Return the mood after something was said: bad makes unhappy, good happy, fair calms nobody who is unhappy; late arrivals change nothing."""
    if standing.at is not None and at < standing.at:
        return standing
    mood = {Verdict.BAD: Mood.UNHAPPY, Verdict.GOOD: Mood.HAPPY, Verdict.FAIR: Mood.NEUTRAL}[verdict]
    if verdict is Verdict.FAIR and standing.mood is Mood.UNHAPPY:
        mood = Mood.UNHAPPY
    if at == standing.at and _MOOD_ORDER[mood] > _MOOD_ORDER[standing.mood]:
        return standing
    return Standing(mood, at)


def after_follow_up(standing: Standing, outcome: str, at: datetime) -> Standing:
    """Return the mood after somebody got back to the customer: confirmed ends unhappiness, not recovered makes it, no answer says nothing."""
    if standing.at is not None and at < standing.at:
        return standing
    if outcome == "not_recovered":
        return Standing(Mood.UNHAPPY, at)
    if outcome == "confirmed" and standing.mood is Mood.UNHAPPY:
        return Standing(Mood.NEUTRAL, at)
    return standing


def _verdict(score: float, bad_to: float, good_from: float) -> Verdict:
    if score <= bad_to:
        return Verdict.BAD
    return Verdict.GOOD if score >= good_from else Verdict.FAIR
