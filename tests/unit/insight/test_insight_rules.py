"""RASIC, causes, the cycle, languages, periods, and harmless CSV."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.insight.domain.cause import Cause, cause_of
from services.insight.domain.cycle import Stage, State, judge, verdict
from services.insight.domain.messages import in_language
from services.insight.domain.period import Period, resolve
from services.insight.domain.rasic import unclear
from services.insight.domain.spreadsheet import cell, neutral, row

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_responsible_person_may_be_the_accountable_one() -> None:
    assert unclear(accountable="Ann", responsible="Ann", others={"informed": ["Bob"]}) is None


def test_nobody_holds_two_parts_even_when_written_differently() -> None:
    found = unclear(accountable="Ann Lee", responsible="Bob", others={"informed": [" ann  LEE"]})

    assert found == " ann  LEE is accountable and informed: one person, one part."


def test_an_initiative_without_an_accountable_person_is_unclear() -> None:
    assert unclear(accountable=" ", responsible="Bob", others={}) == "An initiative needs one accountable and one responsible person."


@pytest.mark.parametrize(
    ("attributed", "heard", "counted"),
    [
        (Cause("late", "logistics"), None, Cause("late", "logistics")),
        (Cause(None, None), Cause("bill", "finance"), Cause("bill", "finance")),
        (Cause("late", "logistics"), Cause("bill", "finance"), Cause("late", "logistics")),
        (Cause("late", "logistics"), Cause("bill", "finance", by_person=True), Cause("bill", "finance", by_person=True)),
        (Cause("late", None), Cause("late", "logistics"), Cause("late", "logistics")),
        (Cause("late", None), Cause("bill", "finance"), Cause("late", None)),
    ],
)
def test_a_person_overrules_the_agent_and_the_agent_the_model(attributed: Cause, heard: Cause | None, counted: Cause) -> None:
    assert cause_of(attributed, heard) == counted


def test_a_broken_stage_is_named_with_its_figure() -> None:
    found = judge(Stage.COLLECT, 5, 310, threshold=0.1, minimum=5)

    assert found.state is State.BROKEN
    assert found.sentence == "Collect is broken: only 5 of 310 (1.6%) invitations that were answered; the threshold is 10%."
    assert verdict([found]) == "The cycle is broken at: collect."


def test_a_stage_at_its_threshold_works() -> None:
    assert judge(Stage.OWN, 9, 10, threshold=0.9, minimum=1).state is State.HEALTHY


def test_a_stage_without_material_is_no_data_and_the_cycle_is_not_called_closed() -> None:
    found = judge(Stage.PRACTISE, 0, 0, threshold=0.2, minimum=5)

    assert (found.state, found.value) == (State.NO_DATA, None)
    assert verdict([found]) == "Nothing is seen to be broken, but there is no data for: practise."


def test_a_reader_gets_their_language_its_base_or_english() -> None:
    messages = {"en": "Done.", "pt": "Feito.", "de": "Erledigt."}

    assert in_language(messages, "de") == ("de", "Erledigt.")
    assert in_language(messages, "pt-BR") == ("pt", "Feito.")
    assert in_language(messages, "ru") == ("en", "Done.")


def test_a_period_is_the_last_30_days_unless_told() -> None:
    assert resolve(None, None, NOW) == Period(NOW - timedelta(days=30), NOW)
    assert resolve(NOW, NOW, NOW) is None
    assert resolve(NOW, NOW - timedelta(days=1), NOW) is None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("ok\n=1", "ok\n'=1"),
        ("ok\r\n@x", "ok\r\n'@x"),
        ("\uff1d1", "'\uff1d1"),
        ("late delivery", "late delivery"),
    ],
)
def test_no_cell_can_run_as_a_formula(text: str, safe: str) -> None:
    assert neutral(text) == safe


def test_numbers_stay_numbers_and_quotes_are_doubled() -> None:
    assert row(['a"b', Decimal("-5.00"), 3, None]) == '"a""b",-5.00,3,\r\n'
    assert cell("-5") == '"\'-5"'
