"""From text to search terms, the same for both databases and for articles and questions alike.

NFKC, lower case, accents folded (not in Cyrillic, where only yo becomes ye), runs of Han, kana, hangul and Thai as overlapping
bigrams, every other word through the Snowball stemmer of its script, or of the language of the text when the script is Latin.
"""

import re
import threading
import unicodedata
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
"""Scripts written without spaces, or (hangul) with particles glued to the word."""
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0962\u0963"
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_MARKS}])"
_PAIR = re.compile(f"[{_UNSPACED}]{{2}}")
_PLAIN = re.compile("[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*")
"""What `_TOKEN` finds in a text of ASCII alone, in a third of the time."""
_TOKEN = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?P<word>{_LETTER}+(?:['\u2019]{_LETTER}+)*)")

_BY_SCRIPT = {"CYRILLIC": "russian", "ARABIC": "arabic", "GREEK": "greek", "DEVANAGARI": "hindi", "TAMIL": "tamil"}
_FOLDED = frozenset({"LATIN", "GREEK", "ARABIC", "HEBREW"})
_BY_LANGUAGE = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "sv": "swedish",
    "tr": "turkish",
}
VERSION = 2
"""Of this analyzer; articles that an older one read are read again at start."""
LONGEST_TERM = 64
"""Characters of a term that are kept; what is longer is no word but a paste."""
MOST_READ = 1 << 17
"""Words of a language whose terms are kept."""

_stemmers = threading.local()


class Token(NamedTuple):
    """One search term and the characters of the text that it stands for."""

    term: str
    start: int
    end: int
    correctable: bool
    """Whether a typing error may be assumed: words of letters only, not bigrams, not numbers or codes."""


def primary_language(language: str) -> str:
    """Return the language without script and region: zh-Hans -> zh."""
    return language.partition("-")[0].lower()


def tokens(text: str, language: str) -> Iterator[Token]:
    """Yield the terms of a text in order, with their places in it."""
    read = _read(primary_language(language))
    for found in _TOKEN.finditer(text):
        if found.lastgroup == "run":
            yield from _bigrams(found.group(), found.start())
        else:
            word = found.group()
            term = read[word]
            if term:
                yield Token(term, found.start(), found.end(), correctable=word.isalpha())


def terms(text: str, language: str) -> list[str]:
    """Return the terms of a text in order, repeated as often as they occur."""
    return [token.term for token in tokens(text, language)]


Hit = tuple[str, int, int]
"""A term, and the characters of a text that it stands for."""


def places(text: str, language: str, wanted: Container[str]) -> list[Hit]:
    """Return where some terms stand in a text, in order: `tokens` filtered, but quicker, as most words of a text are not wanted."""
    read = _read(primary_language(language))
    if text.isascii():
        return [(term, match.start(), match.end()) for match in _PLAIN.finditer(text) if (term := read[match[0]]) in wanted]
    found: list[Hit] = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if match.lastgroup == "run":
            found += [token[:3] for token in _bigrams(word, match.start()) if token.term in wanted]
        elif (term := read[word]) in wanted:
            found.append((term, match.start(), match.end()))
    return found


class Everything:
    """Wants every term."""

    def __contains__(self, term: object) -> bool:
        return True


def words(text: str, languages: Sequence[str]) -> list[tuple[Token, ...]]:
    """Return per word of a question its different terms, one for each language that it may be written in."""
    readings = [list(tokens(text, language)) for language in languages]
    grouped: dict[tuple[int, int], dict[str, Token]] = {}
    for reading in readings:
        for token in reading:
            grouped.setdefault((token.start, token.end), {}).setdefault(token.term, token)
    return [tuple(variants.values()) for _, variants in sorted(grouped.items())]


def is_pair(term: str) -> bool:
    """Return whether the term is a pair of letters of a script without spaces: about every second one straddles two words and says nothing."""
    return _PAIR.fullmatch(term) is not None


class _Read(dict[str, str]):
    """The terms of words of one language, each read when it is first met: that takes a thousand times as long as to look it up."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, word: str) -> str:
        term = _stem(word, self._language)
        if len(word) <= LONGEST_TERM:
            if len(self) >= MOST_READ:
                self.clear()
            self[word] = term
        return term


_read = lru_cache(maxsize=64)(_Read)


def _stem(word: str, language: str) -> str:
    """Return the term of one word; empty when nothing of it remains."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("\u2019", "'")
    script = _script(plain)
    algorithm = _BY_SCRIPT.get(script) or (_BY_LANGUAGE.get(language, "english") if script == "LATIN" else None)
    plain = plain.replace("\u0451", "\u0435") if script == "CYRILLIC" else _fold(plain, script)
    if algorithm is not None and not any(character.isdigit() for character in plain):
        plain = _stemmer(algorithm).stemWord(plain)
    return plain.strip("'")[:LONGEST_TERM]


def _bigrams(run: str, start: int) -> Iterator[Token]:
    if len(run) == 1:
        yield Token(unicodedata.normalize("NFKC", run), start, start + 1, correctable=False)
    usual = unicodedata.is_normalized("NFKC", run)
    for at in range(len(run) - 1):
        pair = run[at : at + 2]
        yield Token(pair if usual else unicodedata.normalize("NFKC", pair), start + at, start + at + 2, correctable=False)


def _script(word: str) -> str:
    for character in word:
        if character.isalpha():
            return unicodedata.name(character, "").partition(" ")[0]
    return ""


def _fold(word: str, script: str) -> str:
    if word.isascii() or script not in _FOLDED:
        return word
    apart = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if unicodedata.category(letter) != "Mn"))


def _stemmer(algorithm: str) -> snowballstemmer.stemmer:  # a stemmer keeps the word that it works on: one for each thread
    known: dict[str, snowballstemmer.stemmer] = _stemmers.__dict__
    if algorithm not in known:
        known[algorithm] = snowballstemmer.stemmer(algorithm)
    return known[algorithm]
