"""What a search must know of a piece of knowledge before it looks at its words, in one short code.

The code stands in each posting row, so that the index counts and ranks only what the searcher may see, without a join.
"""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from services.knowledge.domain.analysis import primary_language


class Kind(StrEnum):
    """What can be found."""

    ARTICLE = "article"
    GUIDE = "guide"
    PEER_ANSWER = "peer_answer"


class Standing(NamedTuple):
    """Kind, confidence, audience and primary language."""

    kind: str
    state: str
    audience: str
    language: str


_KINDS = {Kind.ARTICLE.value: "a", Kind.GUIDE.value: "g", Kind.PEER_ANSWER.value: "p"}
_STATES = {"work_in_progress": "0", "not_validated": "1", "validated": "2", "archived": "9"}
_AUDIENCES = {"internal": "i", "customer": "c"}
_BACK = {letter: name for table in (_KINDS, _STATES, _AUDIENCES) for name, letter in table.items()}
LONGEST_STANDING = 16


def encode(kind: str, state: str, audience: str, language: str) -> str:
    """Return the code, e.g. a2c.en: an article, validated, for customers, in English."""
    return f"{_KINDS[kind]}{_STATES[state]}{_AUDIENCES[audience]}.{primary_language(language)[:3]}"


@lru_cache(maxsize=4096)
def decode(code: str) -> Standing:
    """Return what a code says."""
    return Standing(_BACK[code[0]], _BACK[code[1]], _BACK[code[2]], code[4:])
