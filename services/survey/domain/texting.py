"""What a customer meant by a text message: a number in any script, a word, a thumb, a face, stars, or that it should stop."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from services.survey.domain.design import SCALES, Kind, Question


class Meaning(StrEnum):
    """What a message is."""

    STOP = "stop"
    ANSWER = "answer"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Reading:
    """A message understood; `value` is an answer as the page would send it, `words` what was written beside it."""

    meaning: Meaning
    value: str | None = None
    words: str = ""


_STOP = (
    "stop stopall unsubscribe end quit cancel stopp abmelden aufhören baja alto detener cancelar parar sair pare arret arrêt arrêter",
    "désabonner desabonner стоп отписка отписаться хватит 退订 退訂 停止 td إيقاف ايقاف توقف قف הסר הסרה עצור להסיר basta annulla cancella ferma",
)
STOP_WORDS = frozenset(word for line in _STOP for word in line.split())
"""Whole messages that end the asking, in the ten languages; carriers' own words among them."""
_NUMBERS: tuple[str, ...] = (
    "zero null cero ноль 零 صفر אפס zéro",
    "one eins ein uno um un один 一 واحد אחת אחד une uma una",
    "two zwei dos dois deux два 二 两 اثنان اثنين שתיים שניים due duas",
    "three drei tres três trois три 三 ثلاثة שלוש שלושה tre",
    "four vier cuatro quatro quatre четыре 四 أربعة اربعة ארבע ארבעה quattro",
    "five fünf fuenf cinco cinq пять 五 خمسة חמש חמישה cinque",
    "six sechs seis шесть 六 ستة שש שישה sei",
    "seven sieben siete sete sept семь 七 سبعة שבע שבעה sette",
    "eight acht ocho oito huit восемь 八 ثمانية שמונה otto",
    "nine neun nueve nove neuf девять 九 تسعة תשע תשעה",
    "ten zehn diez dez dix десять 十 عشرة עשר עשרה dieci",
)
WORDS = {word: number for number, words in enumerate(_NUMBERS) for word in words.split()}
_YES = "yes y ja sí si sim oui да 是 解决了 نعم כן sì"
_PARTLY = "partly teilweise parcialmente partiellement частично 部分 جزئيا חלקית"
_NO = "no n nein não nao non нет 否 没有 لا לא"
RESOLVED = {word: code for code, words in (("yes", _YES), ("partly", _PARTLY), ("no", _NO)) for word in words.split()}
_FACES = {
    "😡": "1",
    "😠": "1",
    "🤬": "1",
    "🙁": "2",
    "☹": "2",
    "😞": "2",
    "😐": "3",
    "😑": "3",
    "🙂": "4",
    "😊": "4",
    "😀": "5",
    "😃": "5",
    "😄": "5",
    "😍": "5",
}
_UP, _DOWN = "👍", "👎"
_STARS = frozenset("★⭐🌟")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_LEADING = re.compile(
    r"^(\d{1,3})(?:\s*(?:/|out of|von|de|sur|из|su|מתוך|من)\s*(\d{1,2}))?(?![\d.,:]\d)\b[\s.,;:!)\-\u2013]*(.*)$", re.DOTALL | re.IGNORECASE
)


def read_message(text: str, question: Question | None) -> Reading:
    """Read a message as the answer to `question` (None: nothing was asked, only stopping is understood).

    Never guesses: a number beyond the scale, two different marks, or words alone are unclear. A thumb is an answer to a thumbs
    question and the end of a five-step satisfaction scale; on longer scales it says too little.
    """
    plain = _plain(text)
    if plain.casefold().strip(" .!?,'\"“”«»") in STOP_WORDS:
        return Reading(Meaning.STOP)
    if question is None or not plain:
        return Reading(Meaning.UNCLEAR, words=plain)
    value, words = _value(plain, question)
    if value is None or value not in question.codes():
        return Reading(Meaning.UNCLEAR, words=plain)
    return Reading(Meaning.ANSWER, value, words)


def _plain(text: str) -> str:
    """Return the message without invisible marks and skin tones, with every script's digits as ASCII ones."""
    bare = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    return "".join(str(unicodedata.decimal(character)) if character.isdecimal() else character for character in bare)


def _value(plain: str, question: Question) -> tuple[str | None, str]:
    signed = _sign(plain, question)
    if signed is not None:
        return signed
    first, _, rest = plain.partition(" ")
    word = first.casefold().strip(".,;:!)-")
    if question.kind is Kind.RESOLVED:
        return RESOLVED.get(word), rest.strip()
    if question.kind not in SCALES:
        return None, ""
    match = _LEADING.match(plain)
    if match:
        whole = match[2]
        if whole is not None and int(whole) != SCALES[question.kind][-1]:
            return None, ""
        return str(int(match[1])), match[3].strip()
    number = WORDS.get(word)
    return (None, "") if number is None else (str(number), rest.strip())


def _sign(plain: str, question: Question) -> tuple[str | None, str] | None:
    """Return the value of a leading thumb, face or row of stars and the words behind; None when the message begins otherwise."""
    marks = {plain[0]} & {_UP, _DOWN, *_FACES, *_STARS}
    if not marks:
        return None
    mark = plain[0]
    words = plain.lstrip("".join(_STARS) if mark in _STARS else mark).strip()
    if any(other in words for other in (_UP, _DOWN, *_FACES, *_STARS)):
        return None, ""
    if mark in _STARS:
        return (str(len(plain) - len(plain.lstrip("".join(_STARS)))) if question.kind is Kind.CSAT5 else None), words
    if question.kind is Kind.THUMBS:
        return {_UP: "up", _DOWN: "down"}.get(mark), words
    if question.kind is not Kind.CSAT5:
        return None, ""
    return {_UP: "5", _DOWN: "1", **_FACES}.get(mark), words
