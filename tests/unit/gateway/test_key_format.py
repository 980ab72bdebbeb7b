"""How an API key is written and recognised."""

import pytest

from gateway.access.key_format import checksum, fingerprint, new_api_key, read_api_key


def test_a_key_is_read_back_as_it_was_made() -> None:
    key = new_api_key()

    assert read_api_key(key.text()) == key
    assert len(key.text()) == len("ant_live_") + 8 + 1 + 30 + 6


def test_the_checksum_is_six_base62_digits_of_crc32_with_leading_zeros() -> None:
    assert checksum("") == "000000"
    assert checksum("ant_live_AAAAAAAA_" + "0" * 30) == checksum("ant_live_AAAAAAAA_" + "0" * 30)
    assert len(checksum("anything at all")) == 6


def test_any_single_typo_is_seen_without_a_look_up() -> None:
    text = new_api_key().text()

    for place in range(len(text)):
        other = "x" if text[place] != "x" else "y"
        assert read_api_key(text[:place] + other + text[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "ant_live_", "ant_live_short_1", "Bearer ant_live_AAAAAAAA_", "ant_live_ÄÄÄÄÄÄÄÄ_" + "0" * 36, " " * 54])
def test_what_is_no_key_is_none(text: str) -> None:
    assert read_api_key(text) is None
    assert read_api_key(text + "\n") is None


def test_the_fingerprint_depends_on_pepper_id_and_secret() -> None:
    one, two = new_api_key(), new_api_key()

    assert fingerprint(b"a" * 32, one) == fingerprint(b"a" * 32, one)
    assert len({fingerprint(b"a" * 32, one), fingerprint(b"b" * 32, one), fingerprint(b"a" * 32, two)}) == 3
    assert one.secret not in fingerprint(b"a" * 32, one)
