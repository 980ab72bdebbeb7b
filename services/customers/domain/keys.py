"""Identity keys: one spelling for each, so that equal keys are equal texts."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

LONGEST = 200
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class KeyKind(StrEnum):
    """What a key is; listed from the strongest evidence of identity to the weakest."""

    ACCOUNT = "account"
    PLATFORM = "platform"
    EMAIL = "email"
    PHONE = "phone"
    ORDER = "order"
    REFERENCE = "reference"


_STRENGTH = {kind: place for place, kind in enumerate(KeyKind)}


@dataclass(frozen=True, slots=True)
class Key:
    """A normalised key."""

    kind: KeyKind
    value: str


def normalise(kind: KeyKind, value: str, *, country: str | None = None) -> Key:
    """Return the one spelling of a key; `country` (ISO 3166 alpha-2) reads phone numbers written without +. Raises ValueError with the reason."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text or len(text) > LONGEST or _CONTROL.search(text):
        message = f"a key has 1 to {LONGEST} printable characters"
        raise ValueError(message)
    if kind is KeyKind.PHONE:
        return Key(kind, _e164(text, country))
    if kind is KeyKind.EMAIL:
        return Key(kind, _address(text))
    return Key(kind, text)


def _e164(text: str, country: str | None) -> str:
    """Return +<country><number>; 00 is read as + because that is how it is dialled in most of the world."""
    if text.startswith("00") and country is None:
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as reason:
        raise ValueError("a phone number needs its country: write +49 30 123456, or send `country`") from reason
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this phone number has too few or too many digits for its country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _address(text: str) -> str:
    """Return the address in lower case: mailboxes that differ by case alone belong to one person everywhere that matters."""
    if not _EMAIL.fullmatch(text):
        raise ValueError("an e-mail address has the form name@domain")
    return unicodedata.normalize("NFC", text.lower())


def usable(pairs: Iterable[tuple[str, str]]) -> list[Key]:
    """Return the keys that can be understood, strongest first, each once; others told us the rest, and a bad one must not stop a voice."""
    found: dict[Key, None] = {}
    for kind, value in pairs:
        try:
            found[normalise(KeyKind(kind), value)] = None
        except ValueError:
            continue
    return sorted(found, key=lambda key: (_STRENGTH[key.kind], key.value))


def fingerprint(pepper: bytes, key: Key) -> str:
    """Return HMAC-SHA256 (RFC 2104) of a key: recognises an erased person without keeping the key."""
    return hmac.new(pepper, f"{key.kind}:{key.value}".encode(), hashlib.sha256).hexdigest()
