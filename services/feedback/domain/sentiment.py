"""The tone of an item: what the text says, weighed with the score that the customer gave with it."""

from dataclasses import dataclass

from services.feedback.domain.heads import AUTO, NEEDS_REVIEW, UNKNOWN

NEGATIVE, NEUTRAL, POSITIVE = "negative", "neutral", "positive"
TONES = (NEGATIVE, NEUTRAL, POSITIVE)
_PRIOR = {
    NEGATIVE: {NEGATIVE: 0.85, NEUTRAL: 0.11, POSITIVE: 0.04},
    NEUTRAL: {NEGATIVE: 0.3, NEUTRAL: 0.45, POSITIVE: 0.25},
    POSITIVE: {NEGATIVE: 0.05, NEUTRAL: 0.15, POSITIVE: 0.8},
}
"""How comments under a low, middle and high score usually sound; a sarcastic "well done" under one star is so read as it is meant."""
NPS_SCALE = 10
TRUSTED = 0.7


@dataclass(frozen=True, slots=True)
class Tone:
    """The likeliest tone, how sure, and all three probabilities."""

    code: str
    confidence: float
    decision: str
    chances: dict[str, float]
    rule: str
    """`+score` when the score had a say, `score` when it alone decided, `none` when there was nothing to read."""


def tone_of(text_chances: dict[str, float] | None, score: float | None, scale_max: float | None) -> Tone:
    """Combine the text's tone (None without a text) with the score (None without one)."""
    said = score_tone(score, scale_max)
    if text_chances is None and said is None:
        return Tone(NEUTRAL, 0.0, UNKNOWN, dict.fromkeys(TONES, 1 / 3), "none")
    if text_chances is None:
        chances = _PRIOR[said or NEUTRAL]
    elif said is None:
        chances = text_chances
    else:
        mixed = {tone: max(text_chances[tone], 0.02) * _PRIOR[said][tone] for tone in TONES}
        chances = {tone: share / sum(mixed.values()) for tone, share in mixed.items()}
    code = max(TONES, key=lambda tone: chances[tone])
    decision = AUTO if chances[code] >= TRUSTED or text_chances is None else NEEDS_REVIEW
    rule = "score" if text_chances is None else "text" if said is None else "text+score"
    return Tone(code, round(chances[code], 4), decision, chances, rule)


def score_tone(score: float | None, scale_max: float | None) -> str | None:
    """Return how a score is meant: NPS 0-6, 7-8, 9-10; any other scale by its lower, middle and upper part (1-2, 3, 4-5 of five)."""
    share = score_share(score, scale_max)
    if score is None or share is None:
        return None
    if scale_max == NPS_SCALE:
        return NEGATIVE if score <= 6 else NEUTRAL if score <= 8 else POSITIVE  # noqa: PLR2004 - detractors, passives, promoters
    return NEGATIVE if share < 0.4 else NEUTRAL if share < 0.65 else POSITIVE  # noqa: PLR2004 - of five: 0, .25 | .5 | .75, 1


def score_share(score: float | None, scale_max: float | None) -> float | None:
    """Return the place of the score on its scale, 0 worst to 1 best. Scales start at 1, NPS at 0."""
    if score is None or scale_max is None or scale_max <= 1:
        return None
    lowest = 0.0 if scale_max == NPS_SCALE else 1.0
    return min(1.0, max(0.0, (score - lowest) / (scale_max - lowest)))
