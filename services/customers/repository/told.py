"""What this room has yet to tell of a person."""

from collections.abc import Collection

import orjson

from services.kit.db import Tx

_UNTOLD = {
    "sqlite": "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    " AND EXISTS (SELECT 1 FROM json_each($1) w WHERE instr(outbox.data, w.value) > 0)",
    "postgresql": "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    " AND EXISTS (SELECT 1 FROM json_array_elements_text($1::json) AS w(value) WHERE strpos(outbox.data, w.value) > 0)",
}


async def untold(tx: Tx, words: Collection[str]) -> int:
    """Return how many events that name one of `words` still wait to be told: they must be, or the others would count wrongly."""
    ((left,),) = await tx.raw(_UNTOLD[tx.dialect_name], orjson.dumps(sorted(words)).decode())
    return int(left)
