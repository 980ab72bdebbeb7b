"""Personal data leaves a write-up before it is stored: an article is read by many, and for years.

Only what is surely an e-mail address, a telephone, an account (IBAN) or a card number is masked; an order number, an error code, an address of a
machine or a date stays, because that is what the next agent searches for.
"""

import re

EMAIL_MASK = "\u2039e-mail\u203a"
PHONE_MASK = "\u2039phone\u203a"
CARD_MASK = "\u2039card\u203a"

_EDGE = r"(?<![0-9A-Za-z_.+-])(?<!\d )"
"""Not inside a code, a version or a longer figure; Han and Cyrillic letters may touch a number."""
_EMAIL = re.compile(r"[0-9A-Za-zÀ-ɏЀ-ӿ._%+-]{1,64}@(?:[0-9A-Za-zÀ-ɏЀ-ӿ-]{1,63}\.){1,8}[A-Za-zЀ-ӿ]{2,24}(?![0-9A-Za-z_-])")
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z_.+-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}[ -]\d{6}[ -]\d{4,5})(?![0-9A-Za-z_-])")
_PHONES = (
    re.compile(r"(?<![0-9A-Za-z+])(?:\+|00(?=[1-9]))(?:[ ./()-]{0,2}\d){8,15}(?![0-9A-Za-z])"),
    re.compile(_EDGE + r"(?<![/])0[1-9]\d{1,3}[ /-]{1,3}\d{3,8}(?:[ -]\d{2,5}){0,3}(?![0-9A-Za-z_.:-]\d)"),
    re.compile(_EDGE + r"(?:[178][ -]?)?(?:\(\d{3}\) ?|[1-9]\d{2}[ .-])\d{3}[ .-]\d{2}[ .-]?\d{2}(?![0-9A-Za-z_-])"),
    re.compile(_EDGE + r"0[1-9](?:[ .]\d{2}){4}(?![0-9A-Za-z_-])"),
    re.compile(_EDGE + r"(?:1[3-9]\d{9}|0(?:1[567]\d{8,9}|7\d{9}|[67]\d{8}))(?![0-9A-Za-z_-])"),
)
_SHORTEST_PHONE = 9
_CARD_LENGTHS = {"2": (16,), "3": (14, 15, 16), "4": (13, 16, 19), "5": (16,), "6": (16, 17, 18, 19)}
"""Digits of a card number by the first one (ISO/IEC 7812); what has 15 and does not start with 34 or 37 is a device's IMEI."""


def mask(text: str) -> str:
    """Return the text with e-mail addresses, IBANs and card numbers (check digits right) and telephone numbers replaced by marks."""
    text = _EMAIL.sub(EMAIL_MASK, text)
    text = _IBAN.sub(lambda found: CARD_MASK if _is_iban(found.group()) else found.group(), text)
    text = _CARD.sub(lambda found: CARD_MASK if _is_card(found.group()) else found.group(), text)
    for pattern in _PHONES:
        text = pattern.sub(lambda found: PHONE_MASK if _is_phone(found.group()) else found.group(), text)
    return text


def mask_optional(text: str | None) -> str | None:
    """Mask a text that may be absent."""
    return None if text is None else mask(text)


def _is_iban(found: str) -> bool:
    packed = found.replace(" ", "")
    return int("".join(str(int(character, 36)) for character in packed[4:] + packed[:4])) % 97 == 1


def _is_card(found: str) -> bool:
    digits = "".join(character for character in found if character.isdigit())
    if len(digits) not in _CARD_LENGTHS.get(digits[0], ()) or (len(digits) == 15 and digits[:2] not in {"34", "37"}):  # noqa: PLR2004 - see above
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _is_phone(found: str) -> bool:
    return sum(character.isdigit() for character in found) >= _SHORTEST_PHONE
