"""The verdict and its explanation; and from what was ticked to answers."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.survey.domain.answers import Problem, read_sheet
from services.survey.domain.consent import Word
from services.survey.domain.design import Questionnaire
from services.survey.domain.explaining import SENTENCES
from services.survey.domain.fatigue import Cap, PastAsk
from services.survey.domain.judging import Facts, Reason, judge
from services.survey.domain.programme import Channel, Matter, Rules, Trigger, Where
from services.survey.domain.timing import Window

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RULES = Rules(
    survey="delivery",
    trigger=Trigger.CONTACT_ENDED,
    window=Window(start=time(9), end=time(20), weekdays=(1, 2, 3, 4, 5)),
    share=0.5,
    caps=(Cap(limit=1, days=7),),
    cooldown_days=14,
    skip_while=(Matter.FOLLOW_UP,),
)
FACTS = Facts(
    now=NOW,
    programme="delivery",
    known=True,
    erased=False,
    email="anna@example.org",
    words=(),
    asks=(),
    asked_about_contact=False,
    open_matters=(Matter.CASE,),
    lot=0.49,
)
YESTERDAY = PastAsk(NOW - timedelta(days=1), "other", "nps", "email")


def test_nothing_speaks_against_asking() -> None:
    judgement = judge(RULES, FACTS)
    assert (judgement.refusal, judgement.channel) == (None, Channel.EMAIL)
    assert all(verdict.passed for verdict in judgement.verdicts)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"known": False}, Reason.CUSTOMER_UNKNOWN),
        ({"erased": True}, Reason.ERASED),
        ({"email": None}, Reason.NO_ADDRESS),
        ({"words": (Word("survey", "any", False, NOW),)}, Reason.NO_CONSENT),
        ({"asked_about_contact": True}, Reason.CONTACT_ALREADY_ASKED),
        ({"open_matters": (Matter.FOLLOW_UP,)}, Reason.MATTER_OPEN),
        ({"asks": (PastAsk(NOW - timedelta(days=10), "other", "nps", "email"),)}, Reason.COOLDOWN),
        ({"lot": 0.5}, Reason.NOT_SAMPLED),
    ],
)
def test_each_rule_refuses_alone(change: dict[str, Any], reason: Reason) -> None:
    judgement = judge(RULES, replace(FACTS, **change))
    assert [verdict.reason for verdict in judgement.verdicts if not verdict.passed] == [reason]


def test_every_rule_is_judged_also_after_a_refusal() -> None:
    worst = replace(FACTS, erased=True, email=None, asks=(YESTERDAY,), lot=0.9)
    judgement = judge(RULES, worst)
    assert [verdict.reason for verdict in judgement.verdicts if not verdict.passed] == [
        Reason.ERASED,
        Reason.NO_ADDRESS,
        Reason.COOLDOWN,
        Reason.CAP_REACHED,
        Reason.NOT_SAMPLED,
    ]
    assert judgement.refusal is not None
    assert judgement.refusal.reason is Reason.ERASED


def test_a_rule_that_opens_by_itself_says_when() -> None:
    judgement = judge(RULES, replace(FACTS, asks=(YESTERDAY,)))
    assert [(verdict.rule, verdict.next_possible_at) for verdict in judgement.verdicts if not verdict.passed] == [
        ("cooldown", NOW + timedelta(days=13)),
        ("cap", NOW + timedelta(days=6)),
    ]


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


@pytest.mark.parametrize(
    ("where", "matches"),
    [
        ({}, True),
        ({"channel": "voice"}, True),
        ({"channel": ["chat", "voice"], "disposition": "order_placed"}, True),
        ({"channel": "voice", "disposition": "complaint"}, False),
        ({"topic": "order"}, False),
    ],
)
def test_an_occasion_must_have_one_of_the_values_of_every_named_attribute(where: dict[str, Any], matches: bool) -> None:
    assert Where.model_validate(where).matches({"channel": "voice", "disposition": "order_placed", "topic": None}) is matches


EN = {"en": "?"}
SURVEY = Questionnaire.model_validate(
    {
        "questions": [
            {"key": "agent", "kind": "csat5", "dimension": "service", "required": True, "text": EN},
            {"key": "solved", "kind": "resolved", "dimension": "resolution", "required": True, "text": EN},
            {"key": "tell", "kind": "nps11", "dimension": "relationship", "text": EN},
            {"key": "ease", "kind": "ces7", "dimension": "process", "text": EN},
            {
                "key": "part",
                "kind": "single",
                "dimension": "product",
                "text": EN,
                "options": [{"code": "box", "text": EN}, {"code": "lid", "text": EN}],
            },
            {"key": "better", "kind": "text", "dimension": "open", "text": EN},
            {"key": "call", "kind": "contact_me", "dimension": "open", "text": EN},
        ]
    }
)


def test_a_whole_sheet_is_read() -> None:
    sheet = read_sheet(SURVEY, {"agent": "5", "solved": "partly", "tell": "0", "ease": "7", "part": "lid", "better": " Schön \n", "call": "yes"})
    assert sheet.problems == {}
    assert [(one.question.key, one.score, one.choice, one.text) for one in sheet.answers] == [
        ("agent", 5, None, None),
        ("solved", None, "partly", None),
        ("tell", 0, None, None),
        ("ease", 7, None, None),
        ("part", None, "lid", None),
        ("better", None, None, "Schön"),
        ("call", None, "yes", None),
    ]
    assert (sheet.comment, sheet.wants_contact) == ("Schön", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("agent", "0"),
        ("agent", "6"),
        ("agent", "5.0"),
        ("agent", "٥"),
        ("agent", "05"),
        ("tell", "11"),
        ("tell", "-1"),
        ("ease", "8"),
        ("part", "bag"),
        ("call", "on"),
    ],
)
def test_what_is_not_on_the_scale_is_a_problem_of_that_question(key: str, value: str) -> None:
    sheet = read_sheet(SURVEY, {"agent": "5", "solved": "yes", key: value})
    assert sheet.problems == {key: Problem.NOT_A_CHOICE}


def test_missing_answers_are_named_in_the_order_of_the_questions() -> None:
    sheet = read_sheet(SURVEY, {"better": "x", "solved": "  "})
    assert sheet.problems == {"agent": Problem.MISSING, "solved": Problem.MISSING}


def test_not_ticking_contact_me_is_no_answer() -> None:
    sheet = read_sheet(SURVEY, {"agent": "5", "solved": "yes", "call": "no"})
    assert (sheet.wants_contact, [one.question.key for one in sheet.answers]) == (False, ["agent", "solved"])


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "single"},
        {"options": [{"code": "a", "text": EN}]},
        {"kind": "text", "required": True},
        {"text": {"de": "Nur Deutsch"}},
        {"text": {"en": ""}},
        {"key": "Agent"},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(changes: dict[str, Any]) -> None:
    questions = [{"key": "agent", "kind": "csat5", "dimension": "service", "required": True, "text": EN, **changes}]
    second = {"key": "solved", "kind": "resolved", "dimension": "resolution", "required": True, "text": EN}
    third = {**second, "key": "again"}
    with pytest.raises(ValidationError):
        Questionnaire.model_validate({"questions": [*questions, second, third]})
