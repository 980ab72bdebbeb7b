"""Which words a searcher may have meant: only such as stand in what they may see."""

from collections.abc import Iterable

import orjson

from services.kit.db import Tx
from services.knowledge.contract import Correction
from services.knowledge.domain.analysis import Token
from services.knowledge.domain.spelling import LARGEST_CHOICE, allowed_edits, nearest
from services.knowledge.repository.backend import Survey

MOST_CORRECTED = 32
"""Unknown words of one call that are corrected."""
_WANTED = {
    "sqlite": "SELECT value->>0 AS number, value->>1 AS initial, value->>2 AS final, value->>3 AS length, value->>4 AS edits FROM json_each($1)",
    "postgresql": """SELECT (value->>0)::int AS number, value->>1 AS initial, value->>2 AS final, (value->>3)::int AS length,
        (value->>4)::int AS edits FROM json_array_elements($1::json)""",
}
_NEAR = """WITH wanted AS ({wanted})
    SELECT w.number, k.term FROM wanted w CROSS JOIN kb_word k
        WHERE k.initial = w.initial AND k.length BETWEEN w.length - w.edits AND w.length + w.edits
    UNION SELECT w.number, k.term FROM wanted w CROSS JOIN kb_word k WHERE k.final = w.final AND k.length BETWEEN w.length - 1 AND w.length + 1"""
"""Words that begin alike; or end alike, when the first letter is wrong, which is one edit and leaves no second one (domain/spelling.py)."""


async def corrections(tx: Tx, asked: Iterable[list[tuple[Token, ...]]], holding: dict[str, int], survey: Survey) -> dict[str, list[str]]:
    """Return for each term that is in no visible article the visible words that it may stand for; adds their counts to `holding`."""
    missing = {
        token.term
        for question in asked
        for word in question
        if not any(token.term in holding for token in word)
        for token in word
        if token.correctable and allowed_edits(token.term)
    }
    if not missing:
        return {}
    looked_up = sorted(missing)[:MOST_CORRECTED]
    wanted = [(number, term[0], term[-1], len(term), allowed_edits(term)) for number, term in enumerate(looked_up)]
    near: dict[int, list[str]] = {}
    for number, word in await tx.raw(_NEAR.format(wanted=_WANTED[tx.dialect_name]), orjson.dumps(wanted).decode()):
        near.setdefault(number, []).append(word)
    choice = {term: nearest(term, near.get(number, ())) for number, term in enumerate(looked_up)}
    known = await survey.holdings({word for candidates in choice.values() for word in candidates})
    holding.update(known)
    return {term: [word for word in candidates if word in known][:LARGEST_CHOICE] for term, candidates in choice.items()}


def taken(question: str, asked: list[tuple[Token, ...]], meant: dict[str, list[str]]) -> list[Correction]:
    """Return what was searched instead of which typed words."""
    words: dict[str, list[str]] = {}
    for word in asked:
        for token in word:
            for known in meant.get(token.term, ()):
                words.setdefault(question[token.start : token.end], []).append(known)
    return [Correction(word=word, taken_as=list(dict.fromkeys(known))) for word, known in words.items()]
