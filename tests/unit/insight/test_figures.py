"""Figures from counted answers: plain, weighted, withheld."""

import pytest

from services.insight.domain.definitions import CES, CSAT, DSAT, NPS, RESOLUTION
from services.insight.domain.figures import Counted, figure, share
from services.insight.domain.weights import design_weight, effective_n, hajek

NORTH, SOUTH = 50 / 7000, 150 / 3000
TWO_SITES = [
    Counted("5", NORTH, 40),
    Counted("1", NORTH, 10),
    Counted("4", SOUTH, 90),
    Counted("2", SOUTH, 60),
]


def test_a_site_that_was_asked_rarely_speaks_for_more_people() -> None:
    found = figure(CSAT, TWO_SITES, minimum=5)

    assert found.raw is not None
    assert found.weighted is not None
    assert (found.numerator, found.denominator) == (130, 200)
    assert found.raw.value == pytest.approx(0.65)
    assert found.weighted.value == pytest.approx(0.74)
    assert found.n_effective == pytest.approx(96.1538, abs=1e-4)
    assert found.denominator / found.n_effective == pytest.approx(2.08)
    assert found.weighted.interval.low < 0.74 < found.weighted.interval.high
    assert found.weighted.interval.high - found.weighted.interval.low > found.raw.interval.high - found.raw.interval.low


def test_weights_and_their_worth() -> None:
    weights = [140.0] * 50 + [20.0] * 150

    assert (design_weight(NORTH), design_weight(SOUTH)) == pytest.approx((140, 20))
    assert effective_n(sum(weights), sum(w * w for w in weights)) == pytest.approx(96.1538, abs=1e-4)
    assert effective_n(0, 0) == 0
    assert hajek([1.0] * 40 + [0.0] * 10 + [1.0] * 90 + [0.0] * 60, weights) == pytest.approx(0.74)
    with pytest.raises(ValueError, match="inclusion probability"):
        design_weight(0)


def test_an_even_sample_is_worth_its_number_and_weighs_nothing_in() -> None:
    found = figure(CSAT, [Counted("5", 0.5, 42), Counted("3", 0.5, 8)], minimum=5)

    assert found.raw is not None
    assert found.weighted is not None
    assert found.weighted.value == found.raw.value == pytest.approx(0.84)
    assert found.n_effective == pytest.approx(50)
    assert found.raw.interval.low == pytest.approx(0.714858, abs=1e-6)
    assert found.mean == pytest.approx((42 * 5 + 8 * 3) / 50)


def test_dissatisfaction_is_not_what_satisfaction_leaves_over() -> None:
    answers = [Counted("5", 1.0, 6), Counted("3", 1.0, 3), Counted("1", 1.0, 1)]

    assert figure(CSAT, answers, minimum=5).numerator == 6
    assert figure(DSAT, answers, minimum=5).numerator == 1


def test_a_net_score_is_given_in_points_with_its_parts() -> None:
    found = figure(NPS, [Counted("10", None, 60), Counted("8", None, 25), Counted("0", None, 15)], minimum=5)

    assert found.raw is not None
    assert found.raw.value == pytest.approx(45)
    assert (found.numerator, found.denominator) == (45, 100)
    assert found.parts == {"good": 60, "other": 25, "bad": 15}
    assert found.mean is None
    assert (found.weighted, found.without_probability) == (None, 100)


def test_effort_counts_the_top_three_of_seven_and_shows_the_mean() -> None:
    found = figure(CES, [Counted("7", 1.0, 4), Counted("5", 1.0, 2), Counted("4", 1.0, 2), Counted("1", 1.0, 2)], minimum=5)

    assert found.raw is not None
    assert found.raw.value == pytest.approx(0.6)
    assert found.mean == pytest.approx(4.8)


def test_partly_resolved_is_not_resolved() -> None:
    found = figure(RESOLUTION, [Counted("yes", 1.0, 6), Counted("partly", 1.0, 2), Counted("no", 1.0, 2)], minimum=5)

    assert found.raw is not None
    assert found.raw.value == pytest.approx(0.6)
    assert found.mean is None


def test_four_answers_are_withheld_and_cannot_be_worked_out() -> None:
    found = figure(CSAT, [Counted("5", 1.0, 3), Counted("1", 1.0, 1)], minimum=5)

    assert (found.raw, found.weighted, found.mean, found.numerator, found.parts) == (None, None, None, None, None)
    assert found.denominator == 4
    assert found.withheld == "too_few: 4 counted, at least 5 are needed to show a value"


def test_29_answers_are_shown_as_a_small_sample_and_30_are_not_small() -> None:
    assert figure(CSAT, [Counted("5", 1.0, 29)], minimum=5).small_sample is True
    assert figure(CSAT, [Counted("5", 1.0, 30)], minimum=5).small_sample is False


def test_marks_outside_of_the_scale_are_no_answers() -> None:
    assert figure(CSAT, [Counted("5", 1.0, 5), Counted("9", 1.0, 4)], minimum=5).denominator == 5


def test_no_answers_at_all_are_withheld_not_zero() -> None:
    found = figure(CSAT, [], minimum=1)

    assert (found.denominator, found.n_effective, found.raw) == (0, 0, None)
    assert found.withheld == "too_few: 0 counted, at least 1 are needed to show a value"


def test_a_share_carries_its_interval() -> None:
    found = share(7, 9, minimum=5)

    assert found.interval is not None
    assert found.value == pytest.approx(7 / 9)
    assert found.interval.low == pytest.approx(0.452589, abs=1e-6)
    assert found.small_sample is True
