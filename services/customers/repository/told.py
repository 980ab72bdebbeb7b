"""What this room still says of a person beside its own tables: events that were told, work given up, answers stored for repetitions."""

from collections.abc import Collection

import orjson

from services.kit.db import UnitOfWork

_HELD = (("held_event", "envelope"), ("dead_letter", "payload"), ("idempotency_key", "body"))
_WORDS = {"sqlite": "SELECT value FROM json_each($1)", "postgresql": "SELECT value FROM json_array_elements_text($1::json) AS w(value)"}
_HAS = {"sqlite": "instr({0}, w.value) > 0", "postgresql": "strpos({0}, w.value) > 0"}


async def forget_told(uow: UnitOfWork, words: Collection[str]) -> tuple[int, int]:
    """Delete what was told, is held, was given up or was answered and names one of `words` (ids); return (deleted, events not told yet).

    An event that is not told yet must be, or the others would count wrongly; ask again until there is none.
    """
    given = orjson.dumps(sorted(words)).decode()
    rows = await uow.raw(f"DELETE FROM outbox WHERE published_at IS NOT NULL AND {_names(uow, 'data')} RETURNING seq", given)
    deleted = len(rows)
    for table, column in _HELD:
        deleted += len(await uow.raw(f"DELETE FROM {table} WHERE {_names(uow, column)} RETURNING 1", given))
    ((left,),) = await uow.raw(f"SELECT count(*) FROM outbox WHERE published_at IS NULL AND {_names(uow, 'data')}", given)
    return deleted, int(left)


def _names(uow: UnitOfWork, column: str) -> str:
    words, has = _WORDS[uow.dialect_name], _HAS[uow.dialect_name]
    return f"EXISTS (SELECT 1 FROM ({words}) w WHERE {has.format(column)})"
