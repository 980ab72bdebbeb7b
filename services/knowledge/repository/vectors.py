"""Statements about vectors: what waits for them, what they are, and what changed since a process last looked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import and_, delete, func, or_, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.domain.head import Head
from services.knowledge.domain.standing import decode
from services.knowledge.domain.vectors import ArticleVectors, Vectors
from services.knowledge.models import ArticleVector, AwaitingVector, IndexedArticle, VectorClock
from services.knowledge.repository.heads import heads

_CLOCK = 1
_READ_AT_ONCE = 5_000


class Waiting:
    """Something whose vectors are behind, with the text to embed; `head` is None when it is gone or the vectors of its text are ready."""

    __slots__ = ("article_id", "head", "since", "standing")

    def __init__(self, article_id: UUID, since: datetime, standing: str, head: Head | None) -> None:
        self.article_id = article_id
        self.since = since
        self.standing = standing
        self.head = head


async def awaiting(tx: Tx, limit: int) -> list[Waiting]:
    """Return what waits for vectors, the oldest first."""
    asked = select(col(AwaitingVector.article_id), col(AwaitingVector.since), col(IndexedArticle.standing))
    joined = asked.join(IndexedArticle, col(IndexedArticle.article_id) == col(AwaitingVector.article_id), isouter=True)
    rows = await tx.rows(joined.order_by(col(AwaitingVector.since), col(AwaitingVector.article_id)).limit(limit))
    shown = await heads(tx, {row["article_id"]: decode(row["standing"]).kind for row in rows if row["standing"]})
    return [Waiting(row["article_id"], row["since"], row["standing"] or "", shown.get(row["article_id"])) for row in rows]


async def keep_vectors(uow: UnitOfWork, done: Sequence[tuple[Waiting, Vectors]], embedder: str) -> int:
    """Store a batch under the next stamp; returns how many still wait. The clock's row is locked first, so that stamps are seen in order."""
    await uow.insert_ignore(VectorClock, {"id": _CLOCK, "stamp": 0})
    await uow.execute(update(VectorClock).where(col(VectorClock.id) == _CLOCK).values(stamp=col(VectorClock.stamp) + 1))
    stamp = await uow.scalar(select(col(VectorClock.stamp)).where(col(VectorClock.id) == _CLOCK))
    for one, vectors in done:
        row = {
            "article_id": one.article_id,
            "stamp": stamp,
            "standing": one.standing,
            "parts": len(vectors),
            "vectors": vectors.astype(np.float16).tobytes(),
            "embedder": embedder,
        }
        await uow.upsert(ArticleVector, row, key=("article_id",))
    read = [and_(col(AwaitingVector.article_id) == one.article_id, col(AwaitingVector.since) == one.since) for one, _ in done]
    await uow.execute(delete(AwaitingVector).where(or_(*read)))  # what changed again meanwhile waits on
    return int(await uow.scalar(select(func.count()).select_from(AwaitingVector)))


async def changed_since(tx: Tx, stamp: int, embedder: str) -> tuple[list[ArticleVectors], int]:
    """Return what changed after `stamp`, at most some thousand, and up to which stamp; an empty list and the same stamp when nothing did."""
    newest = await tx.scalar(select(func.max(col(ArticleVector.stamp))))
    if newest is None or newest <= stamp:
        return [], stamp
    upto = await tx.scalar(
        select(col(ArticleVector.stamp)).where(col(ArticleVector.stamp) > stamp).order_by(col(ArticleVector.stamp)).offset(_READ_AT_ONCE).limit(1)
    )
    wanted = select(ArticleVector).where(col(ArticleVector.stamp) > stamp, col(ArticleVector.stamp) <= (newest if upto is None else upto))
    rows = await tx.all(wanted.order_by(col(ArticleVector.article_id)), ArticleVector)
    return [_vectors(row, embedder) for row in rows], newest if upto is None else upto


async def await_again(uow: UnitOfWork, embedder: str) -> None:
    """Have everything embedded anew whose vectors another embedder made."""
    other = select(col(ArticleVector.article_id)).where(col(ArticleVector.embedder) != embedder)
    for row in await uow.rows(other):
        await uow.insert_ignore(AwaitingVector, {"article_id": row["article_id"], "since": uow.now})


def _vectors(row: ArticleVector, embedder: str) -> ArticleVectors:
    parts = row.parts if row.embedder == embedder else 0
    stored = np.frombuffer(row.vectors, dtype=np.float16) if parts else np.empty(0, dtype=np.float16)
    return ArticleVectors(row.article_id, row.standing, stored.astype(np.float32).reshape(parts, -1) if parts else np.empty((0, 0), dtype=np.float32))
