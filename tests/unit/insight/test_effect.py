"""Proof, and what is not proof."""

import pytest

from services.insight.domain.definitions import CSAT, DSAT, NPS, Definition
from services.insight.domain.effect import Verdict, effect
from services.insight.domain.figures import Counted, Figure, figure


def _csat(good: int, n: int, definition: Definition = CSAT) -> Figure:
    return figure(definition, [Counted("5", 1.0, good), Counted("1", 1.0, n - good)], minimum=5)


def test_from_66_to_80_of_100_is_proven() -> None:
    found = effect(CSAT, _csat(66, 100), _csat(80, 100), target=0.8, minimum=30)

    assert found.verdict is Verdict.PROVEN
    assert found.difference == pytest.approx(0.14)
    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == pytest.approx((0.016788, 0.257865), abs=1e-6)
    assert found.target_reached is True


def test_the_same_shares_from_fewer_people_are_not_proven() -> None:
    found = effect(CSAT, _csat(33, 50), _csat(40, 50), target=0.9, minimum=30)

    assert (found.verdict, found.target_reached) == (Verdict.NOT_PROVEN, False)


def test_from_80_to_66_is_harmful() -> None:
    assert effect(CSAT, _csat(80, 100), _csat(66, 100), target=0.9, minimum=30).verdict is Verdict.HARMFUL


def test_less_dissatisfaction_is_better() -> None:
    before, after = _csat(66, 100, DSAT), _csat(80, 100, DSAT)

    found = effect(DSAT, before, after, target=0.25, minimum=30)

    assert (found.verdict, found.target_reached) == (Verdict.PROVEN, True)
    assert found.difference == pytest.approx(-0.14)


def test_29_answers_after_are_too_early() -> None:
    found = effect(CSAT, _csat(10, 100), _csat(29, 29), target=0.9, minimum=30)

    assert (found.verdict, found.difference, found.interval, found.target_reached) == (Verdict.TOO_EARLY, None, None, None)
    assert found.reason == "100 answers before and 29 after; at least 30 on each side are needed."


def test_a_net_score_is_judged_in_points() -> None:
    before = figure(NPS, [Counted("10", 1.0, 300), Counted("0", 1.0, 300)], minimum=5)
    after = figure(NPS, [Counted("10", 1.0, 450), Counted("0", 1.0, 150)], minimum=5)

    found = effect(NPS, before, after, target=45, minimum=30)

    assert (found.verdict, found.target_reached) == (Verdict.PROVEN, True)
    assert found.difference == pytest.approx(50)
