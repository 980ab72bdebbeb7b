"""What a search must know of a piece of knowledge before it looks at its words, in one short code.

The code stands in each posting row, so that the index counts and ranks only what the searcher may see, without a join.
"""

import base64
import hashlib
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
    """Kind, confidence, audience, primary language, and the key of the product."""

    kind: str
    state: str
    audience: str
    language: str
    product: str
    """`product_key` of it; empty when it is not about one."""


_KINDS = {Kind.ARTICLE.value: "a", Kind.GUIDE.value: "g", Kind.PEER_ANSWER.value: "p"}
_STATES = {"work_in_progress": "0", "not_validated": "1", "validated": "2", "archived": "9"}
_AUDIENCES = {"internal": "i", "customer": "c"}
_BACK = {letter: name for table in (_KINDS, _STATES, _AUDIENCES) for name, letter in table.items()}
LONGEST_STANDING = 16
_KEY_BYTES = 6
"""48 bits: of a thousand products two share a key once in five hundred million houses."""


@lru_cache(maxsize=4096)
def product_key(product: str | None) -> str:
    """Return eight characters for a product's name, as it is written; empty for none."""
    if not product:
        return ""
    return base64.urlsafe_b64encode(hashlib.blake2b(product.encode(), digest_size=_KEY_BYTES).digest()).decode()


def encode(kind: str, state: str, audience: str, language: str, product: str | None = None) -> str:
    """Return the code, e.g. a2c.en: an article, validated, for customers, in English; with a product's key behind a further dot."""
    code = f"{_KINDS[kind]}{_STATES[state]}{_AUDIENCES[audience]}.{primary_language(language)[:3]}"
    return f"{code}.{product_key(product)}" if product else code


@lru_cache(maxsize=4096)
def decode(code: str) -> Standing:
    """Return what a code says."""
    language, _, product = code[4:].partition(".")
    return Standing(_BACK[code[0]], _BACK[code[1]], _BACK[code[2]], language, product)
