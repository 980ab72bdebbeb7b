"""Keep what was learned: heads as versions, vectors of taxonomy texts as a cache."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlmodel import col

from services.feedback.domain.heads import Head
from services.feedback.models import LearnedHead, TextVector
from services.kit.db import Tx, UnitOfWork

KEPT_VERSIONS = 10


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


async def forget_heads(uow: UnitOfWork, axis: str) -> None:
    """There is nothing left to tell apart on this axis."""
    await uow.execute(delete(LearnedHead).where(col(LearnedHead.axis) == axis))


async def store_text_vectors(uow: UnitOfWork, embedder: str, vectors: Mapping[str, bytes]) -> None:
    """Remember the vectors of taxonomy texts by the digest of the text."""
    for digest, vector in vectors.items():
        await uow.insert_ignore(TextVector, {"digest": digest, "embedder": embedder, "vector": vector})
