"""What a telling says, by which channels it goes, and when there is room for it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from services.survey.domain.consent import Word
from services.survey.domain.fatigue import Cap, CapScope, PastAsk, ignored_in_a_row
from services.survey.domain.programme import Channel
from services.survey.domain.telling import NO_PROGRAMME, Limits, hour_for, ladder, may_use, picture_of, room_at
from services.survey.domain.telling_letter import language_for, write
from services.survey.domain.timing import Window

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DECENT = Window(start=time(9), end=time(20), weekdays=(1, 2, 3, 4, 5, 6))
MESSAGES = {"en": "Faster now.", "de": "Jetzt schneller.", "zh-Hans": "现在更快了。", "he": "מהר יותר.", "sw": "Haraka sasa."}


def limits(*caps: Cap) -> Limits:
    return Limits((Channel.EMAIL, Channel.SMS, Channel.MESSAGE), caps, DECENT, timedelta(days=60))


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("de", "de"), ("de-AT", "de"), ("zh", "zh-Hans"), ("zh-Hant", "zh-Hans"), ("HE", "he"), ("sw", "en"), ("ru", "en"), ("", "en"), (None, "en")],
)
def test_the_letter_is_in_the_customer_s_language_if_the_house_wrote_in_it(wanted: str | None, language: str) -> None:
    assert language_for(MESSAGES, wanted) == language


def test_the_exact_language_comes_before_a_kindred_one() -> None:
    assert language_for({"en": "a", "pt-BR": "b", "pt": "c"}, "pt-BR") == "pt-BR"
    assert language_for({"en": "a", "pt-BR": "b", "pt": "c"}, "pt-PT") == "pt"


def test_frame_and_sentence_are_one_language_and_a_name_brings_no_lines_with_it() -> None:
    letter = write(MESSAGES, "de", "Eva\nBcc: x", "Antiphon", "https://a.test/u/1")
    assert letter.subject == "Sie haben es gesagt, wir haben gehandelt"
    assert letter.text == (
        "Guten Tag Eva Bcc: x,\n\nSie haben uns davon erzählt. Das hat sich geändert:\n\nJetzt schneller.\n\nDanke für Ihre offenen Worte.\n\n"
        "Antiphon\n\nWenn Sie solche Nachrichten nicht möchten:\nhttps://a.test/u/1\n"
    )
    assert letter.short == (
        "Antiphon: Sie haben uns davon erzählt. Das hat sich geändert: Jetzt schneller. Wenn Sie solche Nachrichten nicht möchten: https://a.test/u/1"
    )
    assert write(MESSAGES, "en", None, "Antiphon", "-").text.startswith("Hello,\n\n")


@pytest.mark.parametrize(("preferred", "first"), [("sms", "sms"), ("message", "message"), ("email", "email"), ("voice", "email"), (None, "email")])
def test_the_preferred_channel_comes_first_where_the_house_uses_it(preferred: str | None, first: str) -> None:
    assert ladder(limits(), preferred)[0] == first
    assert sorted(ladder(limits(), preferred)) == ["email", "message", "sms"]


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ([], True),
        ([("service", "email", False)], False),
        ([("survey", "any", False)], False),
        ([("service", "sms", False), ("marketing", "any", False)], True),
        ([("service", "any", False), ("service", "email", True)], True),
    ],
)
def test_a_refusal_forbids_and_silence_does_not(said: list[tuple[str, str, bool]], may: bool) -> None:
    words = [Word(purpose, channel, granted, NOW + timedelta(minutes=number)) for number, (purpose, channel, granted) in enumerate(said)]
    assert may_use(Channel.EMAIL, words) is may


def test_a_telling_finds_room_when_the_fullest_cap_has_it() -> None:
    ask = PastAsk(NOW - timedelta(days=2), "order", "order", "email")
    told = PastAsk(NOW - timedelta(days=1), NO_PROGRAMME, NO_PROGRAMME, "sms", is_question=False)
    week, tellings = Cap(limit=2, days=7), Cap(limit=1, days=30, scope=CapScope.PROGRAMME)
    assert room_at(limits(week), NOW, Channel.EMAIL, [ask]) is None
    assert room_at(limits(week), NOW, Channel.EMAIL, [ask, told]) == NOW + timedelta(days=5)
    assert room_at(limits(week, tellings), NOW, Channel.EMAIL, [ask, told]) == NOW + timedelta(days=29)
    assert room_at(limits(Cap(limit=1, days=7, scope=CapScope.CHANNEL)), NOW, Channel.MESSAGE, [ask, told]) is None


def test_nobody_ignores_a_telling_and_it_ends_no_row_of_ignored_asks() -> None:
    asks = [PastAsk(NOW - timedelta(days=days), "order", "order", "email", answered=False) for days in (40, 30)]
    told = PastAsk(NOW - timedelta(days=20), NO_PROGRAMME, NO_PROGRAMME, "email", is_question=False)
    assert ignored_in_a_row([*asks, told], NOW, timedelta(days=7)) == 2


def test_the_hour_is_the_customer_s_and_utc_s_when_their_zone_is_not_known() -> None:
    night = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert hour_for(night, limits(), "Asia/Shanghai") == night
    assert hour_for(night, limits(), "Europe/Berlin") == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert hour_for(night, limits(), None) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_what_one_record_of_a_person_lacks_the_next_one_tells() -> None:
    assert picture_of([{"email": None, "phone": "1"}, {"email": "a@b.c", "phone": "2"}]) == {"email": "a@b.c", "phone": "1"}
    assert picture_of([]) == {}
