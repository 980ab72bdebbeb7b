"""Telephone numbers in running text, also of other countries than our own: by their form where it is unmistakable, else by the words before them."""

# ruff: noqa: RUF001 - the words are of many languages

import re
import unicodedata

import phonenumbers

_CANDIDATE = re.compile(
    r"(?<![^\W\u3040-\u9fff])(?<![+＋])(?<!\d[.,:])[+＋]?\(?[+＋]?\d(?:[ \t\u00a0.()/‐–-]{0,3}\d){5,17}(?![^\W\u3040-\u9fff])(?![/-])(?![.,:]\d)"
)
_DATE = re.compile(r"^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?:\D+\d{1,2})?$")
_AMOUNT = re.compile(r"^\d{1,3}(?:[ .,\u00a0]\d{3})+$")
_PHONE_WORDS = re.compile(
    r"(?:phone|call(?: me)?(?: back)?|ring|dial|tel|mobile|cell|whats ?app|reach(?: me)?|text me|sms|number is|contact|"
    r"telefon|anruf|rufen sie|ruf(?:en)?|handy|mobil|rückruf|erreich\w*|nummer|téléphone|appel\w*|joign\w*|portable|numéro|rappel\w*|"
    r"teléfono|llám\w*|llam\w*|móvil|celular|número|telefone|ligu\w*|ligar|telemóvel|telefono|chiam\w*|cellulare|richiam\w*|"
    r"телефон\w*|звон\w*|позвон\w*|перезвон\w*|номер\w*|тел|моб\w*|набер\w*|电话|手机|致电|拨打|联系|号码|座机|來電|回电|打给|"
    r"هاتف|اتصل|اتصال|الاتصال|رقم|جوال|موبايل|telefonu\w*|ara(?:yın|yabilir|yin)?|numaram?|cep|bel|bellen|telefoon\w*|nummer|zadzwoń\w*|telefonu|komórk\w*)",
    re.IGNORECASE,
)
_OTHER_WORDS = re.compile(
    r"(?:order|invoice|ticket|case|reference|ref|tracking|parcel|serial|article|item|model|version|case id|contract|policy|meter|"
    r"bestell\w*|auftrag\w*|rechnung\w*|sendung\w*|artikel\w*|vorgang\w*|commande|facture|colis|dossier|référence|suivi|"
    r"pedido|factura|referencia|envío|encomenda|fatura|ordine|fattura|pacco|spedizione|заказ\w*|счёт\w*|накладн\w*|посылк\w*|трек\w*|обращени\w*|"
    r"订单|单号|发票|快递|工单|编号|型号|طلب|فاتورة|شحنة|sipariş\w*|fatura\w*|kargo\w*|takip|bestelling|factuur|zamówieni\w*)",
    re.IGNORECASE,
)
_BEFORE = 32
_ABROAD = ("DE", "FR", "ES", "IT", "PT", "BR", "RU", "TR", "NL", "PL", "GB", "US", "SA", "EG", "AE", "CN")
_CHINESE_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LEAST, _MOST = 7, 15


def phone_places(text: str, region: str) -> list[tuple[int, int]]:
    """Return the places of telephone numbers. `region` (ISO 3166) reads numbers without a country code."""
    found = []
    for match in _CANDIDATE.finditer(text):
        start, end = match.span()
        if _is_phone(match.group(), text[max(0, start - _BEFORE) : start], region):
            found.append((start, end))
    return found


def _is_phone(written: str, before: str, region: str) -> bool:
    digits = "".join(str(unicodedata.decimal(sign)) for sign in written if sign.isdecimal())
    if not _LEAST <= len(digits) <= _MOST + 2 or _DATE.match(written) or len(set(digits)) == 1:
        return False
    if "+" in written or "＋" in written or digits.startswith("00"):
        return _possible("+" + digits.removeprefix("00"))
    phone, other = _last(_PHONE_WORDS, before), _last(_OTHER_WORDS, before)
    if other > phone:
        return False
    if phone >= 0:
        return len(digits) <= _MOST
    if _AMOUNT.match(written):
        return False
    if _valid(digits, region) and not (written.isdecimal() and digits[0] != "0"):
        return True
    if _CHINESE_MOBILE.match(digits) or _russian(written, digits):
        return True
    spaced = any(not sign.isdecimal() for sign in written)
    return digits[0] == "0" and (spaced or len(digits) >= 10) and any(_valid(digits, abroad) for abroad in _ABROAD)  # noqa: PLR2004


def _last(words: re.Pattern[str], before: str) -> int:
    return max((match.end() for match in words.finditer(before)), default=-1)


def _russian(written: str, digits: str) -> bool:
    return len(digits) == 11 and digits[0] in "78" and digits[1] in "3489" and not written.isdecimal()  # noqa: PLR2004


def _possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return False


def _valid(digits: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False
