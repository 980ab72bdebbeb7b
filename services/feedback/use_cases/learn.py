"""Keep what was learned: heads as versions, vectors of taxonomy texts as a cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.domain.heads import AUTO, UNKNOWN, Head
from services.feedback.domain.items import CATEGORISED, RECEIVED
from services.feedback.domain.quality import agreement
from services.feedback.models import Item, LearnedHead, TextVector
from services.feedback.use_cases.take_in import wake_categoriser
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound

KEPT_VERSIONS = 10
READ_AGAIN = 2_000
"""Items that one new head sends back to be read."""
YOUNG = 1_500
"""Texts, those of the taxonomy among them, up to which a head is young."""
LOOK_BACK = timedelta(days=28)
MAY_FALL = 0.01
FEWEST_TO_JUDGE = 20
"""A frozen sample smaller than this says nothing."""


async def next_version(tx: Tx, axis: str) -> int:
    """Return the number of the next head of this axis; shipped heads are version 1."""
    newest = await tx.scalar(select(func.max(col(LearnedHead.version))).where(col(LearnedHead.axis) == axis))
    return (newest or 1) + 1


@dataclass(frozen=True, slots=True)
class Examined:
    """What the frozen sample said of a new head, which has not learned it."""

    accuracy: float | None
    """Of the whole sample; None without one."""
    quality: dict[str, Any] | None
    readings: dict[str, str] | None
    """What it read of each item of the sample, by the item's id: the next one is compared with that."""
    shared: int
    """Items of the sample that the one in use had read, too."""
    now: float | None
    """The share of these that the new one reads right, and that the one in use did; None without any."""
    former: float | None

    @property
    def worse(self) -> bool:
        """A head that loses more than one point is not put into use."""
        return self.now is not None and self.former is not None and self.shared >= FEWEST_TO_JUDGE and self.now < self.former - MAY_FALL


NOT_EXAMINED = Examined(None, None, None, 0, None, None)


def examined(found: Mapping[str, str], asked: Mapping[str, str], former: Mapping[str, str] | None) -> Examined:
    """Compare what a head read of the frozen sample (`asked` holds what is so) with what the one in use read when it was learned.

    Neither had learned those texts, so the comparison is fair. A text that was frozen later counts for the accuracy alone.
    """
    if not asked:
        return NOT_EXAMINED
    figures = agreement((found[item], code) for item, code in asked.items())
    both = {item: code for item, code in asked.items() if item in (former or {})}
    now, then = (_right(readings, both) for readings in (found, former or {}))
    return Examined(figures.accuracy, figures.as_json(), dict(found), len(both), now, then)


def _right(found: Mapping[str, str], asked: Mapping[str, str]) -> float | None:
    return round(sum(found[item] == code for item, code in asked.items()) / len(asked), 4) if asked else None


async def frozen_readings(tx: Tx, axis: str, embedder: str) -> dict[str, str] | None:
    """Return what was read of the frozen sample when the head in use was learned; None where none is learned, or there was no sample yet.

    A head without such readings has learned what is frozen now: it would read that better than any other, and hold every new head from then on.
    """
    version = (await repository.head_versions(tx, embedder)).get(axis)
    row = await repository.learned_head(tx, axis, version) if version is not None else None
    return row.frozen_readings if row is not None else None


async def store_head(uow: UnitOfWork, head: Head, judged: Examined) -> None:
    """Put a head into use: the highest live version is the one that reads. One that reads the frozen sample worse is kept, but held."""
    held = judged.worse
    row = {
        "axis": head.axis,
        "version": head.version,
        "embedder": head.embedder,
        "weights": head.to_bytes(),
        "trained_on": head.trained_on,
        "accuracy": head.accuracy,
        "learned_at": uow.now,
        "state": repository.HELD if held else repository.LIVE,
        "frozen_accuracy": judged.accuracy,
        "note": f"frozen sample: {judged.now} after {judged.former}" if held else None,
        "quality": judged.quality,
        "frozen_readings": judged.readings,
    }
    await uow.upsert(LearnedHead, row, key=("axis", "version"))
    old = delete(LearnedHead).where(col(LearnedHead.axis) == head.axis, col(LearnedHead.version) <= head.version - KEPT_VERSIONS)
    await uow.execute(old)
    if not held:
        await read_again(uow, head.axis)


async def use_version(uow: UnitOfWork, axis: str, version: int, embedder: str) -> list[dict[str, Any]]:
    """Go back to a version: what came after it is held, it reads from now on. Labels that it gives carry its version again."""
    known = await repository.learned_head(uow, axis, version)
    if known is None:
        raise NotFound(f"There is no stored version {version} of {axis}.")
    who = uow.principal.subject if uow.principal else "system"
    later = update(LearnedHead).where(col(LearnedHead.axis) == axis, col(LearnedHead.version) > version, col(LearnedHead.state) == repository.LIVE)
    await uow.execute(later.values(state=repository.HELD, note=f"taken out of use by {who}"))
    this = update(LearnedHead).where(col(LearnedHead.axis) == axis, col(LearnedHead.version) == version)
    await uow.execute(this.values(state=repository.LIVE, note=None))
    await read_again(uow, axis)
    return await repository.heads_of(uow, axis, embedder)


async def read_again(uow: UnitOfWork, axis: str) -> None:
    """What the former head was not sure of is read once more, newest first: a new code works for what was said yesterday, too.

    A young head is soon outdone, so that what it took by itself is read again by the next, too.
    Their vectors are stored, so that this costs no embedding. Only drivers decide whether an item is placed, so only their heads send items back.
    """
    if axis != "driver":
        return
    live = (col(LearnedHead.axis) == axis, col(LearnedHead.state) == repository.LIVE)
    learned_from = await uow.scalar(select(col(LearnedHead.trained_on)).where(*live).order_by(col(LearnedHead.version).desc()).limit(1))
    young = learned_from is not None and learned_from <= YOUNG
    doubted = or_(col(Item.decision) == UNKNOWN, col(Item.review_rank).is_not(None), *([col(Item.decision) == AUTO] if young else []))
    open_question = select(col(Item.id)).where(col(Item.state) == CATEGORISED, doubted, col(Item.received_at) > uow.now - LOOK_BACK)
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
