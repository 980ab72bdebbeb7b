"""Promises in office hours, and rules that open follow-ups."""

from datetime import UTC, datetime

import pytest

from services.feedback.domain.follow_up_rules import SHIPPED, Facts, Rule, decisive, in_force
from services.feedback.domain.office_hours import after_office_hours
from services.feedback.use_cases.rule_words import said


@pytest.mark.parametrize(
    ("start", "hours", "zone", "end"),
    [
        ("2026-11-23T09:00", 4, "Europe/London", "2026-11-23T13:00"),
        ("2026-11-23T15:00", 4, "Europe/London", "2026-11-24T11:00"),
        ("2026-11-20T16:00", 2, "Europe/London", "2026-11-23T10:00"),
        ("2026-11-21T12:00", 8, "Europe/London", "2026-11-23T17:00"),
        ("2026-11-23T06:00", 1, "Europe/London", "2026-11-23T10:00"),
        ("2026-11-23T22:00", 1, "Asia/Shanghai", "2026-11-24T02:00"),
        ("2026-03-27T16:30", 1, "Europe/Berlin", "2026-03-30T08:00"),
        ("2026-03-27T15:30", 1, "Europe/Berlin", "2026-03-30T07:30"),
    ],
)
def test_office_hours_skip_nights_weekends_and_follow_the_clock_change(start: str, hours: float, zone: str, end: str) -> None:
    moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert after_office_hours(moment, hours, zone) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def _facts(**changed: object) -> Facts:
    usual: dict[str, object] = {"kind": "answer", "wants_contact": False, "score_share": 0.5, "sentiment": "neutral", "severity": 1, "driver": None}
    return Facts(**(usual | changed))  # type: ignore[arg-type]  # the tests give the right types


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (_facts(), None),
        (_facts(score_share=0.25), "low_score"),
        (_facts(score_share=None), None),
        (_facts(kind="service_review", score_share=0.0), "one_star"),
        (_facts(kind="service_review", score_share=0.25), None),
        (_facts(severity=4, score_share=0.0), "severity"),
        (_facts(wants_contact=True, severity=4), "contact_me"),
    ],
)
def test_the_strongest_reason_decides(facts: Facts, rule: str | None) -> None:
    found = decisive(SHIPPED, facts)
    assert (found.key if found else None) == rule


def test_an_organisation_s_rule_takes_the_place_of_the_shipped_one() -> None:
    own = Rule("low_score", priority=99, active=False, due_office_hours=1)
    assert {rule.key: rule.active for rule in in_force([own])} == {"contact_me": True, "severity": True, "one_star": True, "low_score": False}
    assert decisive(in_force([own]), _facts(score_share=0.0)) is None


def test_a_rule_in_words_is_judged_over_what_is_known_and_never_over_what_is_not() -> None:
    angry = Rule("angry_shop", priority=90, active=True, due_office_hours=2, when="severity >= 3 && attributes['site'] == 'Lyon'")
    facts = _facts(severity=3, attributes={"site": "Lyon"})
    found = decisive([angry], facts, said)
    assert found == angry
    assert decisive([angry], _facts(severity=2, attributes={"site": "Lyon"}), said) is None
    assert decisive([angry], _facts(severity=3), said) is None
