"""Nobody is sold to while we owe them something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.customers.domain.mood import Mood, Verdict
from services.customers.domain.offers import Catalogued, Circumstances, choose, reasons_against

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUIET = timedelta(days=30)
CONTENT = Circumstances(
    open_cases=0,
    open_follow_ups=0,
    last_verdict=Verdict.GOOD,
    last_score="5 of 5",
    scored_at=NOW - timedelta(days=1),
    complained_at=None,
    mood=Mood.HAPPY,
    allows_marketing=True,
)


def test_a_content_customer_who_consented_may_be_offered_something() -> None:
    assert reasons_against(CONTENT, now=NOW, quiet=QUIET) == []


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        ({"open_cases": 1}, "open_case", "A case of this customer is still open."),
        (
            {"last_verdict": Verdict.BAD, "last_score": "2 of 5", "scored_at": NOW - timedelta(days=29)},
            "bad_last_score",
            "The last score was 2 of 5, less than 30 days ago.",
        ),
        ({"open_follow_ups": 1}, "open_follow_up", "We still owe this customer an answer: a follow-up is open."),
        ({"complained_at": NOW - timedelta(days=29)}, "recent_complaint", "The customer complained less than 30 days ago."),
        ({"mood": Mood.UNHAPPY}, "unhappy", "The customer is unhappy with us at present."),
        ({"allows_marketing": False}, "no_marketing_consent", "The customer has not allowed us to make offers."),
    ],
)
def test_each_reason_alone_withholds_the_offer_and_is_said(change: dict[str, object], code: str, sentence: str) -> None:
    found = reasons_against(replace(CONTENT, **change), now=NOW, quiet=QUIET)  # type: ignore[arg-type]  # parametrised fields
    assert [(reason.code, reason.sentence) for reason in found] == [(code, sentence)]


def test_a_bad_score_and_a_complaint_are_forgotten_after_the_quiet_days() -> None:
    old = replace(CONTENT, last_verdict=Verdict.BAD, scored_at=NOW - QUIET, complained_at=NOW - QUIET)
    assert reasons_against(old, now=NOW, quiet=QUIET) == []


def test_all_reasons_are_given_not_only_the_first() -> None:
    found = reasons_against(replace(CONTENT, open_cases=2, mood=Mood.UNHAPPY, allows_marketing=False), now=NOW, quiet=QUIET)
    assert [reason.code for reason in found] == ["open_case", "unhappy", "no_marketing_consent"]


def test_the_offer_fits_the_latest_purchase_that_any_offer_fits() -> None:
    lamp, kettle, all_ = Catalogued("bulbs", ("lamp",)), Catalogued("descaler", ("kettle",)), Catalogued("card", ())
    assert choose([all_, kettle, lamp], ["toaster", "lamp", "kettle"]) == (lamp, "lamp")
    assert choose([all_, kettle], ["toaster"]) == (all_, None)
    assert choose([kettle], ["toaster"]) is None
    assert choose([Catalogued("b", ("lamp",)), Catalogued("a", ("lamp",))], ["lamp"]) == (Catalogued("a", ("lamp",)), "lamp")
