"""Every SQL statement of the gateway."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_
from sqlmodel import col, select, update

from gateway.models import AccessKey
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound

SLOTS = (1, 2)
"""A holder has at most two live keys: the one in use and the one that replaces it."""


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (col(AccessKey.revoked_at).is_(None), or_(col(AccessKey.expires_at).is_(None), col(AccessKey.expires_at) > now))


async def key_named(tx: Tx, public_id: str) -> AccessKey | None:
    """Return the key with this clear id, live or not; None when there is none."""
    return await tx.first(select(AccessKey).where(col(AccessKey.public_id) == public_id), AccessKey)


async def key(tx: Tx, key_id: UUID) -> AccessKey:
    """Return the key; raises NotFound."""
    found = await tx.first(select(AccessKey).where(col(AccessKey.id) == key_id), AccessKey)
    if found is None:
        raise NotFound("There is no such key.")
    return found


async def free_slot(uow: UnitOfWork, holder: str) -> int | None:
    """Return the first slot that no live key of this holder takes, None when both are taken; slots of dead keys are given back."""
    own = col(AccessKey.holder) == holder
    await uow.execute(update(AccessKey).where(own, not_(and_(*_live(uow.now)))).values(slot=None))
    taken = {row["slot"] for row in await uow.rows(select(col(AccessKey.slot)).where(own, col(AccessKey.slot).is_not(None)))}
    return next((slot for slot in SLOTS if slot not in taken), None)


async def keys(tx: Tx, after: UUID | None, limit: int) -> list[AccessKey]:
    """Return keys by age, oldest first; ids are UUIDv7 and grow with time."""
    query = select(AccessKey).order_by(col(AccessKey.id)).limit(limit)
    return await tx.all(query if after is None else query.where(col(AccessKey.id) > after), AccessKey)


async def set_end(uow: UnitOfWork, key_id: UUID, *, expires_at: datetime) -> int:
    """Let the key expire then, unless it ends earlier anyway; return how many rows changed."""
    sooner = or_(col(AccessKey.expires_at).is_(None), col(AccessKey.expires_at) > expires_at)
    return await uow.execute(update(AccessKey).where(col(AccessKey.id) == key_id, sooner).values(expires_at=expires_at))


async def set_revoked(uow: UnitOfWork, key_id: UUID) -> int:
    """Revoke the key now; return 0 when it was revoked before."""
    statement = update(AccessKey).where(col(AccessKey.id) == key_id, col(AccessKey.revoked_at).is_(None))
    return await uow.execute(statement.values(revoked_at=uow.now))


async def set_used(uow: UnitOfWork, key_id: UUID, day: datetime) -> None:
    """Note the day of use."""
    await uow.execute(update(AccessKey).where(col(AccessKey.id) == key_id).values(last_used_on=day))
