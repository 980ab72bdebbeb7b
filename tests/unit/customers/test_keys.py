"""Equal keys are equal texts."""

import pytest

from services.customers.domain.keys import Key, KeyKind, fingerprint, normalise, usable


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("+49 30 901820", None, "+4930901820"),
        ("0049 30 901820", None, "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("tel:+49-30-901820", None, "+4930901820"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("+49 30 901820", "US", "+4930901820"),
        ("8 (812) 555-01-23", "RU", "+78125550123"),
    ],
)
def test_a_phone_number_is_written_in_e164(written: str, country: str | None, expected: str) -> None:
    assert normalise(KeyKind.PHONE, written, country=country) == Key(KeyKind.PHONE, expected)


@pytest.mark.parametrize("written", ["030 901820", "12", "+49", "call me", "+49 30 901820 901820 901820"])
def test_a_phone_number_without_a_country_or_with_wrong_length_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="phone number"):
        normalise(KeyKind.PHONE, written)


def test_an_email_address_is_lower_case_and_composed() -> None:
    assert normalise(KeyKind.EMAIL, " Jose\u0301.Ruiz@Example.COM ").value == "jos\u00e9.ruiz@example.com"


@pytest.mark.parametrize("written", ["nobody", "@example.com", "a b@example.com", "a@", ""])
def test_what_is_no_email_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"name@domain|printable"):
        normalise(KeyKind.EMAIL, written)


def test_an_account_number_is_trimmed_and_keeps_its_case() -> None:
    assert normalise(KeyKind.ACCOUNT, "  Ab-1 ").value == "Ab-1"


@pytest.mark.parametrize("written", ["", "   ", "a\x00b", "x" * 201])
def test_a_key_has_between_one_and_200_printable_characters(written: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        normalise(KeyKind.REFERENCE, written)


def test_keys_of_an_event_come_strongest_first_each_once_and_without_the_unusable() -> None:
    given = [("order", "O-1"), ("email", "A@b.de"), ("phone", "030"), ("shoe", "44"), ("email", "a@B.de"), ("account", "K1")]
    assert usable(given) == [Key(KeyKind.ACCOUNT, "K1"), Key(KeyKind.EMAIL, "a@b.de"), Key(KeyKind.ORDER, "O-1")]


def test_a_fingerprint_tells_kinds_and_peppers_apart() -> None:
    one = fingerprint(b"p", Key(KeyKind.ACCOUNT, "1"))
    assert len(one) == 64
    assert len({one, fingerprint(b"q", Key(KeyKind.ACCOUNT, "1")), fingerprint(b"p", Key(KeyKind.ORDER, "1"))}) == 3
