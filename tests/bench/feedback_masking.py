"""How much personal data masking finds, and how much that it masks is none: seeded sentences in ten languages around generated values.

A value counts as found when none of its digits or signs is left in clear; a mask is right when it covers a part of a generated value.
Beside the values stand things that look like them: order numbers, dates, amounts, tracking numbers, times.
"""

# ruff: noqa: S311 - a lot that repeats

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers

from services.feedback.domain.masking import mask
from tests.bench.figure import Figure

PER_LANGUAGE = 400
REGION = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "pt": "PT", "ru": "RU", "zh": "CN", "ar": "SA", "tr": "TR"}
FRAMES = {
    "en": {"phone": "Please call me back on {} tomorrow.", "email": "Write to {} please.", "card": "You charged my card {} twice.",
           "iban": "Refund to {} please.", "account": "My account number is {}, look it up.", "decoy": "Order {} has not arrived since {}."},
    "de": {"phone": "Bitte rufen Sie mich unter {} an.", "email": "Schreiben Sie an {}, danke.", "card": "Meine Karte {} wurde doppelt belastet.",
           "iban": "Erstattung bitte auf {} überweisen.", "account": "Meine Kundennummer: {}.", "decoy": "Die Bestellung {} vom {} fehlt."},
    "fr": {"phone": "Rappelez-moi au {} demain.", "email": "Écrivez à {} merci.", "card": "Ma carte {} a été débitée deux fois.",
           "iban": "Remboursez sur {} svp.", "account": "Mon numéro de compte : {}.", "decoy": "La commande {} du {} n'est pas là."},
    "es": {"phone": "Llámenme al {} por favor.", "email": "Escriban a {} gracias.", "card": "Cobraron dos veces a mi tarjeta {} ayer.",
           "iban": "Devuelvan el dinero a {} por favor.", "account": "Mi cuenta número {} está bloqueada.", "decoy": "El pedido {} del {} no llegó."},
    "it": {"phone": "Mi richiami al {} grazie.", "email": "Scrivete a {} per favore.", "card": "La mia carta {} è stata addebitata due volte.",
           "iban": "Rimborso su {} grazie.", "account": "Il mio conto numero {} è bloccato.", "decoy": "L'ordine {} del {} non è arrivato."},
    "pt": {"phone": "Liguem para o {} por favor.", "email": "Escrevam para {} obrigado.", "card": "O meu cartão {} foi cobrado duas vezes.",
           "iban": "Devolvam para {} por favor.", "account": "A minha conta número {} está bloqueada.", "decoy": "A encomenda {} de {} não chegou."},
    "ru": {"phone": "Перезвоните мне: {} завтра.", "email": "Пишите на {} спасибо.", "card": "С моей карты {} списали дважды.",
           "iban": "Верните деньги на {} пожалуйста.", "account": "Мой лицевой счёт № {} заблокирован.", "decoy": "Заказ {} от {} не пришёл."},
    "zh": {"phone": "请回电{}，谢谢。", "email": "请写信到 {} 谢谢。", "card": "我的卡 {} 被扣了两次。",
           "iban": "请退款到 {} 谢谢。", "account": "我的账号：{}，请查。", "decoy": "订单{}，{}还没到。"},
    "ar": {"phone": "اتصلوا بي على {} غدا.", "email": "اكتبوا إلى {} شكرا.", "card": "تم الخصم من بطاقتي {} مرتين.",
           "iban": "أعيدوا المبلغ إلى {} شكرا.", "account": "رقم حسابي {} موقوف. الحساب رقم {}", "decoy": "الطلب {} بتاريخ {} لم يصل."},
    "tr": {"phone": "Beni {} numarasından arayın.", "email": "Lütfen {} adresine yazın.", "card": "Kartım {} iki kez çekildi.",
           "iban": "İade için {} kullanın.", "account": "Hesap numaram {} bloke.", "decoy": "Sipariş {} tarihi {} gelmedi."},
}  # fmt: skip
_MASK = re.compile(r"\[(?:CARD|IBAN|EMAIL|PHONE|ACCOUNT)\]")


@dataclass
class Count:
    found: int = 0
    wanted: int = 0
    masks: int = 0
    right: int = 0


def _luhn(lot: random.Random) -> str:
    body = [lot.choice([4, 5]), *(lot.randrange(10) for _ in range(14))]
    doubled = sum(sum(divmod(2 * digit, 10)) if place % 2 == 0 else digit for place, digit in enumerate(body))
    digits = "".join(map(str, [*body, -doubled % 10]))
    return lot.choice([digits, " ".join(digits[at : at + 4] for at in range(0, 16, 4)), "-".join(digits[at : at + 4] for at in range(0, 16, 4))])


def _iban(lot: random.Random) -> str:
    country, length = lot.choice([("DE", 18), ("FR", 23), ("ES", 20), ("IT", 23), ("GB", 18), ("PT", 21), ("TR", 22), ("SA", 20), ("NL", 14)])
    letters = {"GB": "WEST", "NL": "ABNA", "IT": "X"}.get(country, "")
    body = letters + "".join(str(lot.randrange(10)) for _ in range(length - len(letters)))
    turned = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    written = f"{country}{98 - int(turned) % 97:02d}{body}"
    return lot.choice([written, " ".join(written[at : at + 4] for at in range(0, len(written), 4))])


def _phone(lot: random.Random, region: str) -> str:
    kind = lot.choice([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE])
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        raise LookupError(region)
    text = str(example.national_number)
    for _ in range(200):
        drawn = int(text[:-5] + "".join(str(lot.randrange(10)) for _ in range(5)))
        number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=drawn, italian_leading_zero=example.italian_leading_zero)
        if phonenumbers.is_valid_number(number):
            break
    forms = (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.NATIONAL)
    return str(phonenumbers.format_number(number, lot.choice(forms)))


def _email(lot: random.Random) -> str:
    name = lot.choice(["anna.berg", "j_smith", "m.rossi+shop", "ivan-petrov", "wang", "o'neil"]) + str(lot.randrange(100))
    return f"{name.replace(chr(39), '')}@{lot.choice(['example.com', 'mail.example.de', 'kunde.example.co.uk', 'example.org'])}"


def _account(lot: random.Random) -> str:
    return str(lot.randrange(10**7, 10**10))


def _decoys(lot: random.Random) -> tuple[str, str]:
    order = lot.choice([str(lot.randrange(10**7, 10**8)), f"{lot.randrange(100, 999)}-{lot.randrange(10**6, 10**7)}", f"A{lot.randrange(10**8)}"])
    day, month = lot.randrange(1, 29), lot.randrange(1, 13)
    return order, lot.choice(
        [f"{day:02d}.{month:02d}.2026", f"2026-{month:02d}-{day:02d}", f"{lot.randrange(1, 999)}.{lot.randrange(100, 999)},90", "12:30"]
    )


def measure() -> dict[str, Count]:
    """Return the counts by language; REGION of an installation is that of its customers' language."""
    counts = {}
    for language, frames in FRAMES.items():
        lot, count = random.Random(f"mask {language}"), Count()
        for number in range(PER_LANGUAGE):
            _one(count, lot, frames, REGION[language], number)
        counts[language] = count
    return counts


def _one(count: Count, lot: random.Random, frames: dict[str, str], region: str, number: int) -> None:
    kind = ("phone", "email", "card", "iban", "account")[number % 5]
    makers: dict[str, Callable[[random.Random], str]] = {"email": _email, "card": _luhn, "iban": _iban, "account": _account}
    frame = frames[kind]
    values = [_phone(lot, region) if kind == "phone" else makers[kind](lot) for _ in range(frame.count("{}"))]
    text = f"{frame.format(*values)} {frames['decoy'].format(*_decoys(lot))}"
    masked = mask(text, region)
    count.wanted += len(values)
    count.found += sum(value not in masked.text and any(_covers(span.original, value) for span in masked.spans) for value in values)
    count.masks += len(masked.spans)
    count.right += sum(any(span.original in value or value in span.original for value in values) for span in masked.spans)


def _covers(cut: str, value: str) -> bool:
    """Say whether every digit and letter of the value was cut out."""
    plain = [sign for sign in value if sign.isalnum()]
    return "".join(plain) in "".join(sign for sign in cut if sign.isalnum())


async def run() -> list[Figure]:
    counts = measure()
    recall = sum(one.found for one in counts.values()) / sum(one.wanted for one in counts.values())
    precision = sum(one.right for one in counts.values()) / sum(one.masks for one in counts.values())
    note = "; ".join(f"{language} {one.found / one.wanted:.3f}/{one.right / max(1, one.masks):.3f}" for language, one in counts.items())
    return [
        Figure("feedback.mask_recall", recall, "share", 0.98, note=f"recall/precision by language: {note}"),
        Figure(
            "feedback.mask_precision",
            precision,
            "share",
            0.95,
            note=f"{sum(one.wanted for one in counts.values())} values in {len(counts)} languages",
        ),
    ]
