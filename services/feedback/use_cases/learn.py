"""Keep what was learned: heads as versions, vectors of taxonomy texts as a cache."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from services.feedback.domain.heads import UNKNOWN, Head
from services.feedback.domain.items import CATEGORISED, RECEIVED
from services.feedback.models import Item, LearnedHead, TextVector
from services.feedback.use_cases.take_in import wake_categoriser
from services.kit.db import Tx, UnitOfWork

KEPT_VERSIONS = 10
READ_AGAIN = 2_000
"""Items that one new head sends back to be read."""
LOOK_BACK = timedelta(days=28)


async def next_version(tx: Tx, axis: str) -> int:
    """Return the number of the next head of this axis; shipped heads are version 1."""
    newest = await tx.scalar(select(func.max(col(LearnedHead.version))).where(col(LearnedHead.axis) == axis))
    return (newest or 1) + 1


async def store_head(uow: UnitOfWork, head: Head) -> None:
    """Put a head into use: the highest version is the one that reads. The last ten are kept."""
    row = {
        "axis": head.axis,
        "version": head.version,
        "embedder": head.embedder,
        "weights": head.to_bytes(),
        "trained_on": head.trained_on,
        "accuracy": head.accuracy,
        "learned_at": uow.now,
    }
    await uow.upsert(LearnedHead, row, key=("axis", "version"))
    old = delete(LearnedHead).where(col(LearnedHead.axis) == head.axis, col(LearnedHead.version) <= head.version - KEPT_VERSIONS)
    await uow.execute(old)
    await _read_again(uow, head.axis)


async def _read_again(uow: UnitOfWork, axis: str) -> None:
    """What the former head could not place is read once more, newest first: a new code works for what was said yesterday, too.

    Only drivers decide whether an item is placed, so only their heads send items back.
    """
    if axis != "driver":
        return
    open_question = select(col(Item.id)).where(
        col(Item.state) == CATEGORISED, col(Item.decision) == UNKNOWN, col(Item.received_at) > uow.now - LOOK_BACK
    )
    ids = open_question.order_by(col(Item.received_at).desc()).limit(READ_AGAIN)
    again = update(Item).where(col(Item.id).in_(ids)).values(state=RECEIVED, categorise_from=uow.now, version=col(Item.version) + 1)
    if await uow.execute(again):
        await wake_categoriser(uow, UUID(int=0))


async def forget_heads(uow: UnitOfWork, axis: str) -> None:
    """There is nothing left to tell apart on this axis."""
    await uow.execute(delete(LearnedHead).where(col(LearnedHead.axis) == axis))


async def store_text_vectors(uow: UnitOfWork, embedder: str, vectors: Mapping[str, bytes]) -> None:
    """Remember the vectors of taxonomy texts by the digest of the text."""
    for digest, vector in vectors.items():
        await uow.insert_ignore(TextVector, {"digest": digest, "embedder": embedder, "vector": vector})
