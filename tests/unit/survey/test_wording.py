"""Every language says everything, with the same blanks to fill."""

import re
from dataclasses import fields
from datetime import date

import pytest

from services.survey.domain.letter import Ask, about, day_in, write_letter
from services.survey.domain.wording import LANGUAGES, PSEUDO, accepted, negotiate, words_in
from services.survey.domain.wording.en import EN
from services.survey.domain.wording.words import Words

NAMES = [field.name for field in fields(Words)]
SCRIPTS = {"zh-Hans": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]", "ar": r"[\u0600-\u06ff]", "he": r"[\u0590-\u05ff]"}


def blanks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", [*LANGUAGES, PSEUDO])
def test_a_language_says_everything_with_the_same_blanks(language: str) -> None:
    words = words_in(language)
    for name in NAMES:
        said: str = getattr(words, name)
        assert said.strip() == said != ""
        assert blanks(said) == blanks(getattr(EN, name)), name


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_sentence_was_left_in_english(language: str) -> None:
    words = words_in(language)
    same = {name for name in NAMES if getattr(words, name) == getattr(EN, name)} - {"direction"}
    assert same <= {"resolved_no"}  # `No` is Spanish as well


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_every_sentence_is_in_the_script_of_its_language(language: str, script: str) -> None:
    words = words_in(language)
    without = [name for name in NAMES if not re.search(script, getattr(words, name))]
    assert without == ["direction"]


def test_two_languages_are_written_from_right_to_left() -> None:
    assert {language for language, words in LANGUAGES.items() if words.direction == "rtl"} == {"ar", "he"}
    assert {words.direction for words in LANGUAGES.values()} == {"ltr", "rtl"}


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ([None], "en"),
        (["de"], "de"),
        (["de-AT"], "de"),
        (["zh"], "zh-Hans"),
        (["zh-Hans-CN"], "zh-Hans"),
        (["PT-br"], "pt"),
        (["iw"], "he"),
        (["nl", "fr"], "fr"),
        (["", "tlh"], "en"),
        (["en-XA"], "en-XA"),
    ],
)
def test_the_first_language_that_we_speak_is_spoken(wishes: list[str | None], language: str) -> None:
    assert negotiate(*wishes) == language


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", [""]),
        ("de-CH,de;q=0.9,en;q=0.8", ["de-CH", "de", "en"]),
        ("en;q=0.2, ar", ["ar", "en"]),
        ("fr;q=0, es;q=x, ru;q=nan, he;q=0.1", ["he"]),
    ],
)
def test_the_wishes_of_a_browser_are_read_in_their_order(header: str, tags: list[str]) -> None:
    assert list(accepted(header)) == tags


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "About your phone call on 12 November."),
        ("de", "Zu Ihrem Anruf vom 12. November."),
        ("es", "Sobre su llamada del 12 de noviembre."),
        ("ru", "О вашем звонке 12 ноября."),
        ("zh-Hans", "关于您在11月12日的来电。"),
    ],
)
def test_a_day_is_written_as_the_language_writes_it(language: str, sentence: str) -> None:
    assert about(words_in(language), "voice", day_in(language, date(2026, 11, 12))) == sentence


@pytest.mark.parametrize("language", [*LANGUAGES, PSEUDO])
def test_a_letter_holds_both_links_and_no_blank(language: str) -> None:
    letter = write_letter(
        Ask(
            language=language,
            brand="Acme",
            name="Anna\r\nBcc: x@example.org",
            about_channel="chat",
            about_day=date(2026, 11, 12),
            link="https://a.example/s/1",
            stop_link="https://a.example/u/1",
            until=date(2026, 12, 12),
        )
    )
    assert ("https://a.example/s/1" in letter.text.splitlines(), "https://a.example/u/1" in letter.text.splitlines()) == (True, True)
    assert "Acme" in letter.subject
    assert blanks(letter.text + letter.subject) == set()
    assert "Anna Bcc: x@example.org" in letter.text
