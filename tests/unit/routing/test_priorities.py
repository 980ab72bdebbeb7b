"""Credit, scarcity, opening hours and the sentences that explain them."""

from datetime import UTC, datetime, time

import pytest

from services.routing.domain.credit import severity_credit_s, total_credit_s
from services.routing.domain.engine.explain import reckon_contact
from services.routing.domain.explanation import say_contact_terms, say_waiting
from services.routing.domain.hours import Hours, open_from

BERLIN = Hours(time_zone="Europe/Berlin", weekdays=frozenset({0, 1, 2, 3, 4}), opens=time(8), closes=time(18))


@pytest.mark.parametrize(
    ("asked", "mood", "tier", "credit"),
    [(0, None, None, 0), (0, "unhappy", None, 90), (0, "happy", "basic", 0), (60, "unhappy", "Gold", 240), (900, "unhappy", "vip", 900)],
)
def test_credit_adds_what_is_asked_mood_and_standing_up_to_a_limit(asked: int, mood: str | None, tier: str | None, credit: int) -> None:
    assert total_credit_s(asked, mood=mood, tier=tier) == credit


@pytest.mark.parametrize(("severity", "credit"), [(0, 0), (1, 0), (2, 60), (4, 180), (9, 180)])
def test_a_more_severe_follow_up_has_more_credit(severity: int, credit: int) -> None:
    assert severity_credit_s(severity) == credit


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), datetime(2026, 11, 24, 7, 0, tzinfo=UTC)),
        (datetime(2026, 11, 27, 20, 0, tzinfo=UTC), datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
        (datetime(2026, 10, 23, 20, 0, tzinfo=UTC), datetime(2026, 10, 26, 7, 0, tzinfo=UTC)),
        (datetime(2026, 10, 16, 20, 0, tzinfo=UTC), datetime(2026, 10, 19, 6, 0, tzinfo=UTC)),
    ],
)
def test_a_queue_opens_at_its_local_hour_over_weekends_and_clock_changes(now: datetime, opens: datetime) -> None:
    assert open_from(BERLIN, now) == opens
    assert open_from(None, now) == now


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"on_shift": 0, "skilled": 0, "free": 0, "excluded": 0}, "No agent is available."),
        ({"on_shift": 3, "skilled": 0, "free": 0, "excluded": 0}, "None of the 3 available agents has billing at level 2."),
        ({"on_shift": 3, "skilled": 2, "free": 0, "excluded": 0}, "All 2 available agents with billing at level 2 are occupied."),
        (
            {"on_shift": 3, "skilled": 2, "free": 1, "excluded": 1},
            "1 of the 2 available agents with billing at level 2 let it pass and are not asked again yet.",
        ),
    ],
)
def test_why_a_contact_waits_is_one_sentence(counts: dict[str, int], sentence: str) -> None:
    assert say_waiting({"billing": 2}, counts, None) == sentence
    assert say_waiting({"billing": 2}, counts, 12.4) == sentence + " The requirement loosens in 12 s."


def test_why_this_contact_is_told_term_by_term() -> None:
    told = {"weight": 1.0, "kappa": 4.0, "slope": 0.3, "sla_s": 20.0, "sla_share": 0.8, "service_level": 0.71, "doubt": 0.0, "urgency": 1.25}
    told |= {
        "credit_s": 0.0,
        "waited_s": 41.0,
        "resolution": 0.81,
        "pace": 1.0,
        "handle_s": 150.0,
        "wrap_s": 0.0,
        "starvation_s": 30.0,
        "after_s": 0.0,
    }
    assert say_contact_terms(reckon_contact(told), 2) == (
        "Waited 41 s with 0 s of credit (x1.61), queue's service-level debt x1.43, how soon its customers leave x1.25, "
        "weight x1.00, resolves 0.81 in 150 s: "
        "I = 0.01563, first because it has waited beyond the queue's limit, best of 3 waiting."
    )
