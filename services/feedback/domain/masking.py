"""Personal data is cut out of a text before it is stored: cards, IBANs, e-mail addresses, telephone and account numbers.

Each kind is recognised by its own check (Luhn, ISO 7064 mod 97, the numbering plans, the words before it), not by its looks alone, so that order
numbers stay readable.
"""

# ruff: noqa: RUF001 - the words are of many languages

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from services.feedback.domain.phones import phone_places

CARD, IBAN, EMAIL, PHONE, ACCOUNT = "[CARD]", "[IBAN]", "[EMAIL]", "[PHONE]", "[ACCOUNT]"
_CARD = re.compile(r"(?<![\d+＋-])(?<![^\W\d_\u3040-\u9fff])\d(?:[ \u00a0.-]?\d){12,18}(?![\d-])(?![^\W\d_\u3040-\u9fff])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ \u00a0-]?[A-Za-z0-9]{4})", re.IGNORECASE)
_IBAN_LENGTHS = {
    length: countries.split()
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL", 29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
}  # fmt: skip
_IBAN_LENGTH = {country: length for length, countries in _IBAN_LENGTHS.items() for country in countries}
"""Signs of an IBAN by country (SWIFT IBAN registry): where one ends can not be seen, words may follow."""
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_SOME, _MANY = 5, 7
"""Digits that an account number has behind its word, and that a telephone number, card or IBAN has."""
_SOME_DIGITS = re.compile(r"\d{5}")
_MANY_DIGITS = re.compile(r"\d(?:[^\w\n]{0,3}\d){6}")
_SHAPE = "".join("0" if sign.isdigit() else "a" if sign.isalnum() or sign == "_" else sign if sign == "\n" else " " for sign in map(chr, range(128)))
"""What each ASCII sign is to the two patterns above: a digit (0), another sign of a word (a), the end of a line, or anything else (space)."""
_SHAPES = _SHAPE.encode().ljust(256)
_SOME_SHAPE, _MANY_SHAPE = b"00000", re.compile(rb"0(?: {0,3}0){6}")
"""The same two on the shape of a text, where they are found many times faster: nearly every text has too few digits to look closer."""
_EITHER_SHAPE = re.compile(rb"0(?:0{4}|(?: {0,3}0){6})")
_ACCOUNT = re.compile(
    r"(?:account|customer|client|member(?:ship)?|konto|kunden|compte|client|cuenta|cliente|conta|conto|счёт\w*|счет\w*|лицево\w+ счё?т\w*|договор\w*"
    r"|账号|账户|客户号|会员号|الحساب|حساب|العميل|hesap|müşteri|rekening|klant)"
    r"[\s-]*(?:number|num(?:ber)?\.?|no\.?|nr\.?|nummer|numéro|número|numero|n[°ºo]\.?|№|номер|号码|号|رقم|numaras\w*|numaram|#|id)?[\s:：#=.№-]*(?:is|ist|est|es|é|è|是|هو|为)?\s*"
    r"([A-Z]{0,4}[ -]?\d[\d -]{3,18}\d)(?!\w)",
    re.IGNORECASE,
)
"""The account number itself is the first group; the word before it makes it one."""


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
    some, many = _digits_together(text)
    if many:
        _claim(found, IBAN, _ibans(text))
        _claim(found, CARD, [match.span() for match in _CARD.finditer(text) if is_card(match.group())])
        _claim(found, ACCOUNT, [match.span(1) for match in _ACCOUNT.finditer(text)])
        _claim(found, PHONE, phone_places(text, region))
    elif some:
        _claim(found, ACCOUNT, [match.span(1) for match in _ACCOUNT.finditer(text)])
    if not found:
        return Masked(text, ())
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


def may_hold_personal_data(texts: Sequence[str]) -> list[bool]:
    """Say for each text whether it must be masked: all others would come back from `mask` as they are.

    One look at many texts costs a quarter of a look at each of them.
    """
    found = ["@" in text or (not text.isascii() and any(_digits_together(text))) for text in texts]
    plain = [text if text.isascii() else "" for text in texts]
    ends = list(accumulate(len(text) + 1 for text in plain))
    shape = "\n".join(plain).encode().translate(_SHAPES)  # neither pattern reaches over the end of a line
    for match in _EITHER_SHAPE.finditer(shape):
        found[bisect_right(ends, match.start())] = True
    return found


def _digits_together(text: str) -> tuple[bool, bool]:
    """Say whether there are so many digits together as an account number has, and as a telephone number, card or IBAN has."""
    if not text.isascii():
        return _SOME_DIGITS.search(text) is not None, _MANY_DIGITS.search(text) is not None
    shape = text.encode().translate(_SHAPES)
    digits = shape.count(b"0")
    return digits >= _SOME and _SOME_SHAPE in shape, digits >= _MANY and _MANY_SHAPE.search(shape) is not None


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
    plain = "".join(sign for sign in text if sign.isalnum()).upper()
    if not plain.isascii():
        return False
    if not 15 <= len(plain) <= 34:  # noqa: PLR2004 - the lengths of ISO 13616
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _ibans(text: str) -> list[tuple[int, int]]:
    found = []
    for match in _IBAN.finditer(text):
        length, taken, at = _IBAN_LENGTH.get(match.group()[:2].upper(), 0), 0, match.start()
        while at < len(text) and taken < length and (text[at].isalnum() or (text[at] in " \u00a0-" and taken)):
            taken += text[at].isalnum()
            at += 1
        if taken == length > 0 and is_iban(text[match.start() : at]):
            found.append((match.start(), at))
    return found


def _claim(found: list[tuple[int, int, str]], kind: str, places: list[tuple[int, int]]) -> None:
    """Take the places that no earlier, surer kind has taken."""
    for start, end in places:
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in found):
            found.append((start, end, kind))
