"""How often is too often, and whose word counts."""

from datetime import UTC, datetime, timedelta

import pytest

from services.survey.domain.consent import Word, latest_word
from services.survey.domain.fatigue import Cap, CapScope, PastAsk, cooled_down_at, counted_by, free_again_at

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def ask(days_ago: float, programme: str = "delivery", survey: str = "csat", channel: str = "email") -> PastAsk:
    return PastAsk(NOW - timedelta(days=days_ago), programme, survey, channel)


@pytest.mark.parametrize(
    ("limit", "days", "past", "free_at"),
    [
        (1, 7, [], None),
        (1, 7, [6.99], NOW + timedelta(days=0.01)),
        (1, 7, [7], None),
        (2, 7, [1], None),
        (2, 7, [1, 5], NOW + timedelta(days=2)),
        (2, 7, [1, 5, 6], NOW + timedelta(days=2)),
        (2, 7, [1, 5, 30], NOW + timedelta(days=2)),
        (3, 30, [0, 0, 0], NOW + timedelta(days=30)),
    ],
)
def test_a_cap_opens_when_enough_asks_have_left_its_window(limit: int, days: int, past: list[float], free_at: datetime | None) -> None:
    cap = Cap(limit=limit, days=days)
    assert free_again_at(cap, counted_by(cap, [ask(age) for age in past], ask(0))) == free_at


def test_after_a_cap_opened_it_counts_the_ask_that_it_let_through() -> None:
    cap = Cap(limit=2, days=7)
    past = [ask(1), ask(5)]
    opens = free_again_at(cap, counted_by(cap, past, ask(0)))
    assert opens is not None
    then = PastAsk(opens, "delivery", "csat", "email")
    assert free_again_at(cap, counted_by(cap, past, then)) is None
    assert free_again_at(cap, counted_by(cap, [*past, then], then)) == NOW + timedelta(days=6)


@pytest.mark.parametrize(("scope", "counted"), [(CapScope.ANY, 4), (CapScope.PROGRAMME, 2), (CapScope.SURVEY, 2), (CapScope.CHANNEL, 3)])
def test_a_cap_counts_what_its_scope_says(scope: CapScope, counted: int) -> None:
    past = [ask(1), ask(2, programme="recovery"), ask(3, survey="nps"), ask(4, programme="pulse", survey="nps", channel="sms")]
    assert len(counted_by(Cap(limit=9, days=30, scope=scope), past, ask(0))) == counted


def test_the_cool_down_runs_from_the_last_ask() -> None:
    assert cooled_down_at([ask(5), ask(2), ask(9)], 7) == NOW + timedelta(days=5)
    assert cooled_down_at([ask(5)], 0) is None
    assert cooled_down_at([], 7) is None


def word(granted: bool, hours_ago: int, channel: str = "email", purpose: str = "survey") -> Word:
    return Word(purpose, channel, granted, NOW - timedelta(hours=hours_ago))


@pytest.mark.parametrize(
    ("words", "granted"),
    [
        ([], None),
        ([word(True, 1)], True),
        ([word(True, 2), word(False, 1)], False),
        ([word(False, 2), word(True, 1)], True),
        ([word(True, 2), word(False, 1, "any")], False),
        ([word(False, 2, "any"), word(True, 1)], True),
        ([word(True, 1), word(False, 1, "any")], False),
        ([word(False, 1, "sms")], None),
        ([word(False, 1, purpose="marketing")], None),
    ],
)
def test_the_latest_word_about_the_channel_or_all_channels_counts(words: list[Word], granted: bool | None) -> None:
    found = latest_word(words, "survey", "email")
    assert (found.granted if found else None) is granted
