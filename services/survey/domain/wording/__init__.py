"""Which languages survey speaks, and which one to speak with a customer."""

from collections.abc import Sequence
from dataclasses import fields, replace

from services.survey.domain.wording.ar import AR
from services.survey.domain.wording.de import DE
from services.survey.domain.wording.en import EN
from services.survey.domain.wording.es import ES
from services.survey.domain.wording.fr import FR
from services.survey.domain.wording.he import HE
from services.survey.domain.wording.it import IT
from services.survey.domain.wording.pt import PT
from services.survey.domain.wording.ru import RU
from services.survey.domain.wording.words import Words
from services.survey.domain.wording.zh_hans import ZH_HANS

DEFAULT = "en"
LANGUAGES: dict[str, Words] = {
    "en": EN,
    "zh-Hans": ZH_HANS,
    "ru": RU,
    "es": ES,
    "pt": PT,
    "fr": FR,
    "de": DE,
    "it": IT,
    "ar": AR,
    "he": HE,
}
"""BCP 47 tag to words, in the order of the switch."""
PSEUDO = "en-XA"
"""Accented, longer English: shows what is not translated and what does not fit."""
_FORMER = {"iw": "he", "zh": "zh-Hans"}
_MOST_RANGES = 10
_ACCENTS = str.maketrans("aeiouyACEINOU", "àéîöûýÀÇÉÎÑÖÛ")


def words_in(language: str) -> Words:
    """Return the words of a language that `negotiate` returned."""
    return _pseudo() if language == PSEUDO else LANGUAGES[language]


def negotiate(*wishes: str | None) -> str:
    """Return the first of our languages among the wished tags; English when there is none."""
    return next((found for found in map(_match, wishes) if found), DEFAULT)


def accepted(header: str) -> Sequence[str]:
    """Return the tags of an Accept-Language header, most wanted first; what cannot be read is left out."""
    ranges = []
    for place, part in enumerate(header.split(",")[:_MOST_RANGES]):
        tag, _, quality = part.partition(";")
        weight = _weight(quality)
        if weight > 0:
            ranges.append((-weight, place, tag.strip()))
    return [tag for _, _, tag in sorted(ranges)]


def _weight(quality: str) -> float:
    name, _, value = quality.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _match(wish: str | None) -> str | None:
    if not wish:
        return None
    if wish.lower() == PSEUDO.lower():
        return PSEUDO
    base = wish.partition("-")[0].lower()
    found = _FORMER.get(base, base)
    return found if found in LANGUAGES else None


def _pseudo() -> Words:
    kept = {"direction"}
    longer = {field.name: _stretch(getattr(EN, field.name)) for field in fields(EN) if field.name not in kept}
    return replace(EN, **longer)


def _stretch(sentence: str) -> str:
    """Return the sentence accented and a third longer, with its {placeholders} as they are."""
    parts = sentence.replace("{", "\0{").replace("}", "}\0").split("\0")
    accented = "".join(part if part.startswith("{") else part.translate(_ACCENTS) for part in parts)
    return f"[{accented}{' ~' * (len(sentence) // 6)}]"
