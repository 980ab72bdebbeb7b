"""Personal data is cut out by checks, not by looks, and can be put back exactly."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.masking import is_card, is_iban, mask, may_hold_personal_data, unmask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("card 4111111111111111 ok", "card [CARD] ok"),
        ("card 4111-1111-1111-1111.", "card [CARD]."),
        ("order 4111111111111112", "order 4111111111111112"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [IBAN] please"),
        ("iban de89370400440532013000", "iban [IBAN]"),
        ("IBAN DE88 3704 0044 0532 0130 00", "IBAN DE88 3704 0044 0532 0130 00"),
        ("write to anna.smith+shop@mail.example.co.uk, thanks", "write to [EMAIL], thanks"),
        ("почта анна@пример.рф", "почта [EMAIL]"),
        ("call +49 30 901820 now", "call [PHONE] now"),
        ("звоните +7 495 123-45-67", "звоните [PHONE]"),
        ("call 020 7946 0958", "call [PHONE]"),
        ("请打+86 138 1234 5678联系我", "请打[PHONE]联系我"),
        ("order 12345678, 3 items for 49.90", "order 12345678, 3 items for 49.90"),
        ("delivered on 2026-11-22 at 10:30", "delivered on 2026-11-22 at 10:30"),
        ("", ""),
    ],
)
def test_only_what_passes_its_check_is_cut_out(text: str, masked: str) -> None:
    found = mask(text, "GB")
    assert found.text == masked
    assert unmask(found) == text


def test_a_text_that_already_holds_a_mask_is_given_back_as_it_was() -> None:
    text = "[CARD] said the form, mine is 4111 1111 1111 1111, [PHONE]"
    assert unmask(mask(text, "GB")) == text


@given(st.text(alphabet=st.sampled_from("4111 -@.a+DE893704[CARD]"), max_size=120))
def test_masking_can_always_be_undone(text: str) -> None:
    assert unmask(mask(text, "GB")) == text


def test_checks_of_cards_and_ibans_are_the_standards_own() -> None:
    assert [is_card(number) for number in ("378282246310005", "5555555555554444", "0000000000000000", "5555555555554445")] == [
        True,
        True,
        False,
        False,
    ]
    assert [is_iban(number) for number in ("GB82WEST12345698765432", "GB82WEST12345698765433", "GB82")] == [True, False, False]


@pytest.mark.parametrize("text", ["1" * 20_000, "1 2 " * 5_000, "a@" * 10_000, "+1 " * 6_000, "DE89 " * 4_000, "a." * 10_000 + "@"])
def test_no_text_makes_masking_slow(text: str) -> None:
    started = time.process_time()
    mask(text, "GB")
    assert time.process_time() - started < 2.0


def test_a_text_in_ascii_alone_is_masked_as_the_same_text_beside_another_letter() -> None:
    lot = random.Random(11)  # noqa: S311 - a lot that repeats
    cut = 0
    for _ in range(2_000):
        digits = "".join(lot.choices("0123456789", k=lot.randrange(4, 20)))
        spread = "".join(digit + lot.choice(("",) * 60 + (" ", "-", ".", ") (", "_", "\n", "a", "    ")) for digit in digits)
        text = f"{lot.choice(('Account', 'Call', 'Card', 'IBAN GB', 'Order', 'Konto-Nr.:'))} {spread} please"
        plain, beside = mask(text, "GB"), mask(f"{text} é", "GB")
        assert (f"{plain.text} é", plain.spans) == (beside.text, beside.spans)
        cut += bool(plain.spans)
    assert 100 < cut < 1_900


@given(st.lists(st.text(alphabet="0123456789 +-.@\n\raxé账号电话", max_size=40), max_size=8))
def test_of_many_texts_none_is_passed_over_that_alone_would_be_masked(texts: list[str]) -> None:
    told = may_hold_personal_data(texts)
    assert len(told) == len(texts)
    assert [text for text, may in zip(texts, told, strict=True) if not may and mask(text, "GB").spans] == []


def test_of_many_texts_only_those_with_many_digits_or_an_at_sign_are_looked_at_closer() -> None:
    texts = ["Delivery 48 113.", "Call 020 7946 0958.", "", "Mail anna@example.com", "账号 12345678", "Später.", "9", "account 48113"]
    assert may_hold_personal_data(texts) == [False, True, False, True, True, False, False, True]
