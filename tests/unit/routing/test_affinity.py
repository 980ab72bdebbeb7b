"""Learning from outcomes: silent without evidence, near the truth with it, and fair to who answers no survey."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from services.routing.domain.affinity import Cell, cells_of, chi2_tail, is_steered, learn
from services.routing.domain.lessons import Handled, outcomes_of, repeated, teach

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_call(number: int, agent: int = 1, **more: object) -> Handled:
    at = BEGIN + timedelta(minutes=number)
    told: dict[str, object] = {
        "contact_id": UUID(int=number + 1),
        "agent_id": UUID(int=1000 + agent),
        "queue": "billing",
        "customer_id": UUID(int=500 + number),
        "started_at": at,
        "ended_at": at + timedelta(minutes=5),
        "resolved": "yes",
        "handle_s": 300.0,
        "steered": True,
    }
    return Handled(**(told | more))  # type: ignore[arg-type]  # a test's words


def drawn(seed: int, rates: list[float], each: int) -> list[Cell]:
    lots = Random(seed)  # noqa: S311  repeatable on purpose
    told = [(agent, "q", float(lots.random() < rate)) for agent, rate in enumerate(rates) for _ in range(each)]
    return cells_of(told, lambda *_: 3.0)


def test_agents_who_are_alike_are_told_apart_in_no_more_than_one_case_of_twenty_or_so() -> None:
    emitted = sum(bool(learn(drawn(seed, [0.7] * 12, 60), lambda _: 0.5).estimates) for seed in range(200))
    assert emitted <= 16


def test_differences_that_are_there_are_found_and_shrunk_towards_the_mean() -> None:
    rates = [0.5, 0.6, 0.7, 0.8, 0.9] * 3
    lesson = learn(drawn(1, rates, 200), lambda _: 0.5)
    assert len(lesson.estimates) == 15
    assert sum((lesson.estimates[agent, "q"] - rate) ** 2 for agent, rate in enumerate(rates)) / 15 < 0.03**2
    raw = {cell.agent: cell.mean for cell in drawn(1, rates, 200)}
    middle = lesson.evidence[0].mean
    assert all(abs(lesson.estimates[agent, "q"] - middle) <= abs(raw[agent] - middle) + 1e-12 for agent in raw)


def test_a_declared_level_is_the_prior_of_who_has_few_outcomes() -> None:
    cells = [*drawn(1, [0.4, 0.9, 0.5, 0.8, 0.6, 0.7], 300)]
    newcomer = Cell("new", "q", 5.0, 5, 3.0, 3.0)
    estimates = learn([*cells, newcomer], lambda level: 0.5 + 0.05 * level).estimates
    assert estimates["new", "q"] == pytest.approx(0.664, abs=0.02)


@pytest.mark.parametrize(("q", "df", "p"), [(3.841, 1, 0.05), (11.07, 5, 0.05), (18.31, 10, 0.05), (63.69, 40, 0.01)])
def test_the_tail_of_chi_square_is_that_of_the_tables(q: float, df: int, p: float) -> None:
    assert chi2_tail(q, df) == pytest.approx(p, abs=0.004)


def test_a_customer_who_comes_back_within_the_days_was_not_helped() -> None:
    anna = UUID(int=7)
    calls = [
        a_call(0, customer_id=anna),
        a_call(1, customer_id=anna, started_at=BEGIN + timedelta(days=2), ended_at=BEGIN + timedelta(days=2)),
        a_call(2, customer_id=anna, started_at=BEGIN + timedelta(days=9), ended_at=BEGIN + timedelta(days=9)),
        a_call(3, customer_id=anna, queue="sales", started_at=BEGIN + timedelta(days=1)),
    ]
    again = repeated(calls, days=3)
    assert again == {calls[0].contact_id}
    assert outcomes_of(calls, again) == {calls[0].contact_id: 0.0, calls[1].contact_id: 1.0, calls[2].contact_id: 1.0, calls[3].contact_id: 1.0}


def test_survey_answers_of_a_few_stand_for_the_silent_of_their_kind() -> None:
    calls = [a_call(number, said=0.0 if number < 2 else None) for number in range(10)]
    outcomes = outcomes_of(calls, set())
    assert sum(outcomes.values()) / 10 == pytest.approx((8 * 1.0 + 2 * -1.0) / 10)
    assert outcomes[calls[0].contact_id] == -1.0


def test_a_lesson_reports_evidence_gain_over_the_hold_out_and_fairness() -> None:
    lots = Random(4)  # noqa: S311  repeatable on purpose
    calls = []
    for number in range(2_000):
        agent = number % 8
        solved = lots.random() < 0.5 + 0.05 * agent
        calls.append(a_call(number, agent, resolved="yes" if solved else "no", handle_s=200.0 + 40 * agent, steered=number % 5 != 0))
    book = teach(calls, {}, repeat_days=3)
    best, worst = UUID(int=1007), UUID(int=1000)
    assert book.resolution[best, "billing"] > 0.75
    assert book.resolution[worst, "billing"] < 0.6
    report = book.report
    assert (report["contacts"], report["with_outcome"], report["repeats"]) == (2_000, 2_000, 0)
    assert report["uplift"]["low"] < report["uplift"]["points"] < report["uplift"]["high"]
    assert report["fairness"]["steered"]["agents"] == 8
    assert report["fairness"]["steered"]["gini_contacts"] == pytest.approx(0.0, abs=1e-9)
    assert report["resolution"][0]["variance"] > 0


def test_the_hold_out_is_the_share_that_was_asked_for() -> None:
    lots = Random(9)  # noqa: S311  repeatable on purpose
    steered = sum(is_steered(lots.getrandbits(128), 0.2) for _ in range(10_000))
    assert 7_850 < steered < 8_150
