"""The keys of the records, and reading what they sealed."""

import os
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from services.customers.models import SubjectKey, Values
from services.customers.repository.ciphers import KEY_BYTES, MARK, Sealer, unwrap, wrap
from services.kit.db import Tx, UnitOfWork

_PURPOSE = "subject keys"
_WRAPPED = select(col(SubjectKey.customer_id), col(SubjectKey.wrapped)).where(col(SubjectKey.customer_id).in_(bindparam("ids", expanding=True)))


async def sealers(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Sealer]:
    """Return the sealer of each record that has a key; an erased one has none."""
    if not ids:
        return {}
    secret = tx.secret(_PURPOSE)
    rows = (await tx.run(_WRAPPED, {"ids": list(ids)})).mappings()
    return {row["customer_id"]: Sealer(unwrap(secret, row["wrapped"], row["customer_id"].bytes)) for row in rows}


async def sealers_for(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, Sealer]:
    """Return the sealer of each record, making the keys that are missing. Never call it for somebody who was erased."""
    found = await sealers(uow, ids)
    for customer_id in sorted(set(ids) - found.keys()):
        key = os.urandom(KEY_BYTES)
        row = {"customer_id": customer_id, "wrapped": wrap(uow.secret(_PURPOSE), key, customer_id.bytes), "made_at": uow.now}
        if await uow.insert_ignore(SubjectKey, row):
            found[customer_id] = Sealer(key)
        else:  # somebody else made it at the same moment
            found |= await sealers(uow, [customer_id])
    return found


async def shred(uow: UnitOfWork, ids: Collection[UUID]) -> int:
    """Destroy the keys of these records; return how many there were."""
    return await uow.execute(delete(SubjectKey).where(col(SubjectKey.customer_id).in_(ids)))


def opened(sealer: Sealer | None, text: str | None, place: str) -> str | None:
    """Return the text that is kept at `place`; a sealed text without its key is gone and reads as empty."""
    if text is None or not text.startswith(MARK):
        return text
    return sealer.open(text, place) if sealer else ""


def seal_values(sealer: Sealer, values: Mapping[str, Any], table: str, columns: Collection[str]) -> Values:
    """Return the values with the texts of these columns sealed."""
    return {
        name: sealer.seal(value, f"{table}.{name}") if name in columns and isinstance(value, str) and value else value
        for name, value in values.items()
    }


def open_values(sealer: Sealer | None, values: Mapping[str, Any], table: str, columns: Collection[str]) -> Values:
    """Return the values with the texts of these columns opened."""
    return {name: opened(sealer, value, f"{table}.{name}") if name in columns else value for name, value in values.items()}
