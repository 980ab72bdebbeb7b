"""Statements about what was learned: confirmed labels, vectors, heads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from services.feedback.domain.items import CATEGORISED, REMOVED
from services.feedback.domain.normalise import for_models
from services.feedback.domain.sentiment import score_tone
from services.feedback.models import Correction, Item, ItemVector, LearnedHead, TextVector
from services.kit.db import Tx

LIVE, HELD = "live", "held"
FREEZE_FROM = 1_000
MOST_FROZEN = 500
"""Every tenth confirmed label is kept from learning, at most 500.

With fewer than 1,000 labels every one is needed for learning, and the tenth of them would judge by chance: one text in fifty is two points.
"""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One confirmed label with what the models see of its item."""

    item_id: UUID
    code: str
    vector: bytes
    text: str
    by_person: bool
    frozen: bool = False


async def confirmed_labels(tx: Tx, axis: str, embedder: str, limit: int) -> list[Confirmed]:
    """Return the newest word of people on each item of an axis; on sentiment also what scores say, where nobody said otherwise.

    The frozen part is chosen by the item's id: more labels may release an item from it, none ever enters it after it was learned from.
    """
    found = await _by_persons(tx, axis, embedder, limit)
    if axis == "sentiment":
        found = {one.item_id: one for one in await _by_scores(tx, embedder, limit)} | found
    part = min(100, MOST_FROZEN * 1_000 // max(1, len(found))) if len(found) >= FREEZE_FROM else 0
    return [replace(one, frozen=one.item_id.int % 1_000 < part) for one in found.values()]


async def _by_persons(tx: Tx, axis: str, embedder: str, limit: int) -> dict[UUID, Confirmed]:
    statement = (
        select(col(Correction.now), col(Correction.item_id), col(ItemVector.vector), col(Item.title), col(Item.text))
        .join(ItemVector, col(ItemVector.item_id) == col(Correction.item_id))
        .join(Item, col(Item.id) == col(Correction.item_id))
        .where(col(Correction.axis) == axis, col(ItemVector.embedder) == embedder, col(Item.state) != REMOVED)
        .order_by(col(Correction.id).desc())
        .limit(limit)
    )
    newest: dict[UUID, Confirmed] = {}
    for row in await tx.rows(statement):
        if row["item_id"] not in newest:
            newest[row["item_id"]] = Confirmed(row["item_id"], row["now"], row["vector"], spoken(row["title"], row["text"]), by_person=True)
    return newest


async def _by_scores(tx: Tx, embedder: str, limit: int) -> list[Confirmed]:
    statement = (
        select(col(Item.id), col(Item.score), col(Item.scale_max), col(Item.title), col(Item.text), col(ItemVector.vector))
        .join(ItemVector, col(ItemVector.item_id) == col(Item.id))
        .where(col(ItemVector.embedder) == embedder, col(Item.score).is_not(None), col(Item.counted), col(Item.state) == CATEGORISED)
        .order_by(col(Item.id).desc())
        .limit(limit)
    )
    found = []
    for row in await tx.rows(statement):
        tone, text = score_tone(row["score"], row["scale_max"]), spoken(row["title"], row["text"])
        if tone is not None and text:
            found.append(Confirmed(row["id"], tone, row["vector"], text, by_person=False))
    return found


def spoken(title: str | None, text: str) -> str:
    """Return title and text as the models read them."""
    return for_models(". ".join(part for part in (title, text) if part))


async def vectors_of(tx: Tx, item_ids: Sequence[UUID], embedder: str) -> dict[UUID, bytes]:
    """Return the stored vectors of these items."""
    if not item_ids:
        return {}
    statement = select(col(ItemVector.item_id), col(ItemVector.vector)).where(
        col(ItemVector.item_id).in_(item_ids), col(ItemVector.embedder) == embedder
    )
    return {row["item_id"]: row["vector"] for row in await tx.rows(statement)}


async def head_versions(tx: Tx, embedder: str) -> dict[str, int]:
    """Return the version in use of each learned axis."""
    statement = select(col(LearnedHead.axis), func.max(col(LearnedHead.version)).label("version")).where(
        col(LearnedHead.embedder) == embedder, col(LearnedHead.state) == LIVE
    )
    return {row["axis"]: row["version"] for row in await tx.rows(statement.group_by(col(LearnedHead.axis)))}


async def learned_head(tx: Tx, axis: str, version: int) -> LearnedHead | None:
    """Return one stored head."""
    return await tx.first(select(LearnedHead).where(col(LearnedHead.axis) == axis, col(LearnedHead.version) == version), LearnedHead)


async def heads_of(tx: Tx, axis: str, embedder: str) -> list[dict[str, Any]]:
    """Return the stored versions of an axis, newest first, without what only learning needs; `in_use` is the one that reads with this embedder."""
    columns = [column for column in LearnedHead.__table__.columns if column.name not in {"weights", "frozen_readings"}]  # type: ignore[attr-defined]  # SQLModel does not declare it
    rows = await tx.rows(select(*columns).where(col(LearnedHead.axis) == axis).order_by(col(LearnedHead.version).desc()))
    used = (await head_versions(tx, embedder)).get(axis)
    return [{**row, "in_use": row["version"] == used} for row in rows]


async def text_vectors(tx: Tx, digests: Collection[str], embedder: str) -> dict[str, bytes]:
    """Return the known vectors of these texts."""
    statement = select(TextVector).where(col(TextVector.digest).in_(digests), col(TextVector.embedder) == embedder)
    return {row.digest: row.vector for row in await tx.all(statement, TextVector)}
