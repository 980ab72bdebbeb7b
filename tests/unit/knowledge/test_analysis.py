"""From text to search terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.knowledge.domain.analysis import LONGEST_TERM, places, terms, tokens, words
from services.knowledge.domain.head import Head, read


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("My routers don't connect", "en", ["my", "router", "don't", "connect"]),
        ("Die Geräte verbinden sich nicht", "de", ["die", "gerat", "verbind", "sich", "nicht"]),
        ("роутеры не подключаются, ещё", "ru", ["роутер", "не", "подключа", "ещ"]),
        ("iPhone无法联网", "zh-Hans", ["iphon", "无法", "法联", "联网"]),
        ("網", "zh", ["網"]),
        ("Café ＡＢＣ naïve", "en", ["cafe", "abc", "naiv"]),
        ("error 0x80070005, firmware 2.1", "en", ["error", "0x80070005", "firmwar", "2", "1"]),
        ("… — !", "en", []),
    ],
)
def test_words_become_terms_of_their_script_and_language(text: str, language: str, expected: list[str]) -> None:
    assert terms(text, language) == expected


def test_a_composed_and_a_decomposed_letter_are_the_same_term() -> None:
    assert terms("Gera\u0308te", "de") == terms("Geräte", "de")


def test_a_token_knows_its_place_in_the_text() -> None:
    text = "Reset the 路由器 now"
    assert [text[token.start : token.end] for token in tokens(text, "en")] == ["Reset", "the", "路由", "由器", "now"]


def test_only_words_of_letters_may_be_misspelt() -> None:
    assert [token.correctable for token in tokens("router x1 路由", "en")] == [True, False, False]


def test_a_question_of_unknown_language_has_a_term_for_each_language_it_may_be_in() -> None:
    assert [[token.term for token in word] for word in words("running Kinder", ["en", "de"])] == [["run", "running"], ["kinder", "kind"]]


def test_a_pasted_line_without_spaces_stays_one_short_term() -> None:
    assert [len(term) for term in terms("x" * 5000, "en")] == [LONGEST_TERM]


@given(st.text("aB7's_-. \u00e9\u0451\u96fb\u2019", max_size=30), st.sampled_from(["en", "de", "zh"]))
def test_where_words_stand_is_the_same_whether_all_are_read_or_only_those_looked_for(text: str, language: str) -> None:
    every = list(tokens(text, language))
    for wanted in ({token.term for token in every}, {"a", "b", "\u96fb\u96fb"}):
        assert places(text, language, wanted) == [token[:3] for token in every if token.term in wanted]
        assert read(Head("", text, language, 1, None)).hits(wanted) == places(text, language, wanted)
