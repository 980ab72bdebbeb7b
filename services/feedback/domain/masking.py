"""Personal data is cut out of a text before it is stored: cards, IBANs, e-mail addresses, telephone numbers.

Each kind is recognised by its own check (Luhn, ISO 7064 mod 97, the numbering plans), not by its looks alone, so that order numbers stay readable.
"""

import re
from dataclasses import dataclass

import phonenumbers

CARD, IBAN, EMAIL, PHONE = "[CARD]", "[IBAN]", "[EMAIL]", "[PHONE]"
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_MANY_DIGITS = re.compile(r"(?:\d[^\w\n]{0,3}){6}\d")
_PHONE_CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Span:
    """A piece that was cut out: where its mask stands in the masked text, the mask, and what it hides."""

    at: int
    mask: str
    original: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored in clear, and the pieces that may not."""

    text: str
    spans: tuple[Span, ...]


def mask(text: str, region: str) -> Masked:
    """Cut personal data out of `text`. `region` (ISO 3166) reads telephone numbers that have no country code."""
    found: list[tuple[int, int, str]] = []
    if "@" in text:
        _claim(found, EMAIL, [match.span() for match in _EMAIL.finditer(text)])
    if _MANY_DIGITS.search(text):
        _claim(found, IBAN, [match.span() for match in _IBAN.finditer(text) if is_iban(match.group())])
        _claim(found, CARD, [match.span() for match in _CARD.finditer(text) if is_card(match.group())])
        _claim(found, PHONE, _phones(text, region))
    parts: list[str] = []
    spans: list[Span] = []
    done = length = 0
    for start, end, kind in sorted(found):
        parts += [text[done:start], kind]
        length += start - done
        spans.append(Span(length, kind, text[start:end]))
        length += len(kind)
        done = end
    return Masked("".join([*parts, text[done:]]), tuple(spans))


def unmask(masked: Masked) -> str:
    """Return the original text."""
    parts: list[str] = []
    done = 0
    for span in masked.spans:
        parts += [masked.text[done : span.at], span.original]
        done = span.at + len(span.mask)
    return "".join([*parts, masked.text[done:]])


def is_card(text: str) -> bool:
    """Say whether the digits pass the Luhn check (ISO/IEC 7812-1) and are not all the same."""
    digits = [int(sign) for sign in text if sign.isdecimal()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(text: str) -> bool:
    """Say whether the check digits are right (ISO 13616: mod 97 leaves 1)."""
    plain = "".join(text.split()).upper()
    if not 15 <= len(plain) <= 34:  # noqa: PLR2004 - the lengths of ISO 13616
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _phones(text: str, region: str) -> list[tuple[int, int]]:
    matches = phonenumbers.PhoneNumberMatcher(text, region, max_tries=_PHONE_CANDIDATES)
    return [(match.start, match.end) for match in matches]


def _claim(found: list[tuple[int, int, str]], kind: str, places: list[tuple[int, int]]) -> None:
    """Take the places that no earlier, surer kind has taken."""
    for start, end in places:
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in found):
            found.append((start, end, kind))
