"""Personal data leaves a write-up, search words stay."""

import pytest

from services.knowledge.domain.masking import CARD_MASK, EMAIL_MASK, PHONE_MASK, mask


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Anna.Kowalski+x@example.co.uk", EMAIL_MASK),
        ("иван@пример.рф", EMAIL_MASK),
        ("4111 1111 1111 1111", CARD_MASK),
        ("378282246310005", CARD_MASK),
        ("3782-822463-10005", CARD_MASK),
        ("DE89 3704 0044 0532 0130 00", CARD_MASK),
        ("+49 (0)171 234 5678", PHONE_MASK),
        ("00491712345678", PHONE_MASK),
        ("0171 2345678", PHONE_MASK),
        ("01712345678", PHONE_MASK),
        ("020 7946 0958", PHONE_MASK),
        ("06 12 34 56 78", PHONE_MASK),
        ("(555) 123-4567", PHONE_MASK),
        ("13812345678", PHONE_MASK),
        ("8 (912) 345-67-89", PHONE_MASK),
        ("+7 912 345-67-89", PHONE_MASK),
    ],
)
def test_what_names_a_person_is_masked_and_nothing_around_it(text: str, mark: str) -> None:
    assert mask(f"call {text}, please") == f"call {mark}, please"


@pytest.mark.parametrize(
    "text",
    [
        "order 20261122-000123",
        "order 10004567",
        "error 0x80070005",
        "192.168.178.1",
        "2026-11-22 10:15",
        "22-11-2026",
        "22.11.2026",
        "IMEI 490154203237518",
        "version 10.0.19045.3693",
        "ticket 000123 456789",
        "firmware 0815 4711",
        "price 1 000 000 000",
        "4111-1111-1111-1112",
        "user@localhost",
        "@handle",
    ],
)
def test_what_the_next_agent_searches_for_stays(text: str) -> None:
    assert mask(f"see {text} there") == f"see {text} there"


def test_a_number_that_touches_han_letters_is_found() -> None:
    assert mask("手机13812345678在") == f"手机{PHONE_MASK}在"


def test_masking_twice_changes_nothing_more() -> None:
    once = mask("a@b.example +49 171 2345678 4111111111111111")
    assert once == f"{EMAIL_MASK} {PHONE_MASK} {CARD_MASK}"
    assert mask(once) == once
