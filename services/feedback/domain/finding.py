"""The words by which an item is found again: one way of writing each word, in every language, on both databases."""

import re
import unicodedata
from functools import cache

import snowballstemmer

MOST_TERMS = 200
LONGEST = 40
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]+")
_MASKS = re.compile(r"\[(?:CARD|IBAN|EMAIL|PHONE|ACCOUNT)\]")
_STEMMERS = {
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese", "ru": "russian", "ar": "arabic",
    "tr": "turkish", "nl": "dutch",
}  # fmt: skip
_CYRILLIC, _ARABIC = re.compile(r"[\u0400-\u04ff]"), re.compile(r"[\u0600-\u06ff]")


def terms(text: str, language: str | None) -> list[str]:
    """Return the terms under which a text is kept: stems of its words, pairs of signs where words are not spaced; at most 200."""
    found: dict[str, None] = {}
    for word in dict.fromkeys(_words(text)):
        if _UNSPACED.match(word):
            pairs = [word[at : at + 2] for at in range(len(word) - 1)] or [word]
            found |= dict.fromkeys(pairs)
        else:
            found[_stem(word, _tongue(word, language))] = None
        if len(found) >= MOST_TERMS:
            break
    return list(found)[:MOST_TERMS]


def asked(question: str) -> list[list[str]]:
    """Return, for each word of a question, the terms of which one must be there: its stem in each language that it may be in."""
    wanted: list[list[str]] = []
    for word in _words(question):
        if _UNSPACED.match(word):
            wanted += [[word[at : at + 2]] for at in range(len(word) - 1)] or [[word]]
        else:
            tongues = ["ru"] if _CYRILLIC.search(word) else ["ar"] if _ARABIC.search(word) else [one for one in _STEMMERS if one not in {"ru", "ar"}]
            wanted.append(sorted({_stem(word, tongue) for tongue in tongues}))
    return wanted


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _MASKS.sub(" ", text)).casefold()
    found: list[str] = []
    for word in _WORD.findall(plain):
        start = 0
        for run in _UNSPACED.finditer(word):  # 我的iPhone坏了: signs and letters stand side by side
            found += [word[start : run.start()], run.group()]
            start = run.end()
        found.append(word[start:])
    return [word[:LONGEST] for word in found if word]


def _tongue(word: str, language: str | None) -> str:
    if _CYRILLIC.search(word):
        return "ru"
    if _ARABIC.search(word):
        return "ar"
    tongue = (language or "en").partition("-")[0]
    return tongue if tongue in _STEMMERS and tongue not in {"ru", "ar"} else "en"


def _stem(word: str, tongue: str) -> str:
    if tongue not in {"ru", "ar"}:
        decomposed = unicodedata.normalize("NFD", _stemmer(tongue).stemWord(word))
        return "".join(sign for sign in decomposed if unicodedata.category(sign) != "Mn")
    stemmed: str = _stemmer(tongue).stemWord(word.replace("ё", "е"))  # noqa: RUF001 - two ways to write one letter
    return stemmed


@cache
def _stemmer(tongue: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(_STEMMERS[tongue])
