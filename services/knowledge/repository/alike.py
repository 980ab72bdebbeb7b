"""The words of articles that a mistyped one may stand for, out of the rows."""

from collections.abc import Sequence

import orjson

from services.kit.db import Tx
from services.knowledge.domain.spelling import allowed_edits, nearest

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


async def alike(tx: Tx, terms: Sequence[str]) -> dict[str, list[str]]:
    """Return for each term the words that anybody ever wrote in an article and that it may stand for, nearest first."""
    wanted = [(number, term[0], term[-1], len(term), allowed_edits(term)) for number, term in enumerate(terms)]
    near: dict[int, list[str]] = {}
    for number, word in await tx.raw(_NEAR.format(wanted=_WANTED[tx.dialect_name]), orjson.dumps(wanted).decode()):
        near.setdefault(number, []).append(word)
    return {term: nearest(term, near.get(number, ())) for number, term in enumerate(terms)}
