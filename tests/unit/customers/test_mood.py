"""The newest saying counts, and a bad word outweighs the good ones beside it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.customers.domain.mood import (
    Mood,
    Score,
    Standing,
    Verdict,
    after_follow_up,
    after_saying,
    of_answer,
    of_stars,
    worst,
    worst_score,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "score", "verdict"),
    [
        ("csat5", 2, Verdict.BAD),
        ("csat5", 3, Verdict.FAIR),
        ("csat5", 4, Verdict.GOOD),
        ("nps11", 6, Verdict.BAD),
        ("nps11", 8, Verdict.FAIR),
        ("nps11", 9, Verdict.GOOD),
        ("ces7", 3, Verdict.BAD),
        ("ces7", 4, Verdict.FAIR),
        ("ces7", 5, Verdict.GOOD),
    ],
)
def test_a_score_is_judged_on_its_own_scale(kind: str, score: int, verdict: Verdict) -> None:
    found = of_answer(kind, score)
    assert found is not None
    assert found.verdict is verdict


def test_a_choice_is_no_score() -> None:
    assert of_answer("single", 1) is None


@pytest.mark.parametrize(
    ("score", "scale", "verdict"),
    [(1, 5, Verdict.BAD), (2, 5, Verdict.BAD), (3, 5, Verdict.FAIR), (4, 5, Verdict.GOOD), (6, 10, Verdict.BAD), (9, 10, Verdict.GOOD)],
)
def test_stars_are_judged_by_their_share_of_the_scale(score: float, scale: float, verdict: Verdict) -> None:
    assert of_stars(score, scale).verdict is verdict


def test_one_bad_word_outweighs_the_good_ones() -> None:
    assert worst([Verdict.GOOD, Verdict.BAD, Verdict.FAIR]) is Verdict.BAD
    assert worst([Verdict.FAIR, Verdict.GOOD]) is Verdict.GOOD
    assert worst([]) is None
    low, high = Score(2, 5, Verdict.BAD), Score(9, 10, Verdict.GOOD)
    assert worst_score([high, low]) == low
    assert worst_score([]) is None


@pytest.mark.parametrize(
    ("before", "verdict", "after"),
    [
        (Mood.NEUTRAL, Verdict.BAD, Mood.UNHAPPY),
        (Mood.HAPPY, Verdict.BAD, Mood.UNHAPPY),
        (Mood.UNHAPPY, Verdict.FAIR, Mood.UNHAPPY),
        (Mood.UNHAPPY, Verdict.GOOD, Mood.HAPPY),
        (Mood.HAPPY, Verdict.FAIR, Mood.NEUTRAL),
    ],
)
def test_what_is_said_moves_the_mood(before: Mood, verdict: Verdict, after: Mood) -> None:
    assert after_saying(Standing(before, NOON - HOUR), verdict, NOON) == Standing(after, NOON)


def test_what_was_said_earlier_but_arrives_late_changes_nothing() -> None:
    standing = Standing(Mood.HAPPY, NOON)
    assert after_saying(standing, Verdict.BAD, NOON - HOUR) == standing
    assert after_follow_up(standing, "not_recovered", NOON - HOUR) == standing


def test_of_two_sayings_at_the_same_moment_the_worse_counts_in_either_order() -> None:
    start = Standing(Mood.NEUTRAL, None)
    one = after_saying(after_saying(start, Verdict.GOOD, NOON), Verdict.BAD, NOON)
    other = after_saying(after_saying(start, Verdict.BAD, NOON), Verdict.GOOD, NOON)
    assert one == other == Standing(Mood.UNHAPPY, NOON)


@pytest.mark.parametrize(
    ("before", "outcome", "after"),
    [
        (Mood.UNHAPPY, "confirmed", Mood.NEUTRAL),
        (Mood.HAPPY, "confirmed", Mood.HAPPY),
        (Mood.NEUTRAL, "not_recovered", Mood.UNHAPPY),
        (Mood.UNHAPPY, "no_answer", Mood.UNHAPPY),
    ],
)
def test_a_follow_up_ends_unhappiness_only_when_the_customer_confirms(before: Mood, outcome: str, after: Mood) -> None:
    assert after_follow_up(Standing(before, NOON - HOUR), outcome, NOON).mood is after
