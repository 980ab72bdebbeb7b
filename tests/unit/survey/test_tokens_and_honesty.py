"""Links that nobody can guess or forge, and answers that look like a machine's."""

import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.survey.domain.honesty import Flag, flags_of
from services.survey.domain.keyed import keyed_hash
from services.survey.domain.tokens import Purpose, fingerprint, is_genuine, render_stamp, shown_at, token_for

KEY, OTHER = b"k" * 32, b"o" * 32
ID = UUID("01900000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)


def test_a_token_is_short_stable_and_of_one_purpose() -> None:
    token = token_for(ID, Purpose.ANSWER, KEY)
    assert len(token) == 32
    assert token == token_for(ID, Purpose.ANSWER, KEY)
    assert token != token_for(ID, Purpose.STOP, KEY)
    assert is_genuine(token, Purpose.ANSWER, KEY)
    assert not is_genuine(token, Purpose.STOP, KEY)
    assert not is_genuine(token, Purpose.ANSWER, OTHER)


def test_every_changed_character_is_noticed() -> None:
    token = token_for(ID, Purpose.ANSWER, KEY)
    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        assert not is_genuine(changed, Purpose.ANSWER, KEY)


@pytest.mark.parametrize("token", ["", "x", "A" * 31, "A" * 33, "é" * 32, "A" * 22 + "é" * 10])
def test_what_is_no_token_is_not_genuine(token: str) -> None:
    assert not is_genuine(token, Purpose.ANSWER, KEY)


@pytest.mark.parametrize("key", [b"", b"k" * 32, b"k" * 64, b"k" * 65])
def test_the_keyed_hash_is_hmac_sha256(key: bytes) -> None:
    assert keyed_hash(key, "a message, ünïcode") == hmac.digest(key, "a message, ünïcode".encode(), "sha256")


def test_the_fingerprint_does_not_contain_the_token() -> None:
    token = token_for(ID, Purpose.ANSWER, KEY)
    assert len(fingerprint(token)) == 64
    assert token[:22] not in fingerprint(token)


def test_the_moment_of_showing_is_bound_to_the_token_and_to_us() -> None:
    stamp = render_stamp("token", NOW, KEY)
    assert shown_at("token", stamp, KEY) == NOW
    assert shown_at("other", stamp, KEY) is None
    assert shown_at("token", stamp, OTHER) is None
    for forged in ("", ".", "1.2", "x." + stamp, stamp + "0", "99999999999999999." + "0" * 10, "²." + "0" * 10, "1.é"):
        assert shown_at("token", forged, KEY) is None


@pytest.mark.parametrize(
    ("honeypot", "seconds", "flags"),
    [
        ("", 20.0, []),
        ("", 2.0, []),
        ("", 1.9, [Flag.TOO_FAST]),
        ("http://x", 20.0, [Flag.HONEYPOT_FILLED]),
        ("http://x", 0.0, [Flag.HONEYPOT_FILLED, Flag.TOO_FAST]),
        ("", None, [Flag.NO_RENDER_TIME]),
    ],
)
def test_an_answer_that_looks_like_a_machine_is_flagged_with_the_reason(honeypot: str, seconds: float | None, flags: list[Flag]) -> None:
    shown = None if seconds is None else NOW - timedelta(seconds=seconds)
    assert flags_of(honeypot=honeypot, shown_at=shown, sent_at=NOW, fastest=timedelta(seconds=2)) == flags
