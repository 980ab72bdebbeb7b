"""Voices of nobody: found in a visible list, matched by a person; and the same voice twice: suggested, merged, taken apart again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FeedbackMatched, FeedbackMerged, ItemView
from services.feedback.domain.items import CATEGORISED, REMOVED
from services.feedback.models import Item, ItemAuthor
from services.feedback.use_cases.forgetting import CustomerWasErased, erased_among
from services.feedback.use_cases.open_follow_up import consider
from services.feedback.use_cases.record_labels import tell_categorised
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Command

NEAR_DAYS = timedelta(days=30)
SAME_MEANING = 0.95
"""Cosine of centred vectors from which two voices of one customer are suggested as one."""
MOST_SUGGESTED = 20
SHORTEST = 12
"""Characters from which the same words elsewhere are remarkable; "thank you" is not."""


class ItemHasCustomer(Conflict):
    """The voice belongs to a customer already. Whom it belongs to is changed where identities are kept: in customers."""

    code = "feedback_item_has_customer"


class ItemIsRemoved(Conflict):
    """A removed item has nobody's words in it any more."""

    code = "feedback_item_removed"


class CannotMerge(Refused):
    """An item is merged into another item that is not itself merged, and that is not itself."""

    code = "feedback_cannot_merge"


class MatchItem(Command):
    """Whose voice it is."""

    customer_id: UUID


class MergeItem(Command):
    """The item that this one repeats."""

    into: UUID


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another item that is likely the same voice, and why: same_words, or same_customer with the likeness of the meaning."""

    item: ItemView
    reason: str
    likeness: float


async def match_item(uow: UnitOfWork, item_id: UUID, command: MatchItem, office_zone: str) -> Item:
    """Say whose voice it is; what it is about is told again with its customer, and an answer may now be owed."""
    if await erased_among(uow, [command.customer_id]):
        raise CustomerWasErased("Choose another customer.", pointer="/customer_id")
    item = await repository.item(uow, item_id)
    if item.customer_id == command.customer_id:
        return item
    if item.customer_id is not None:
        raise ItemHasCustomer(f"Item {item_id} belongs to a customer.")
    if item.state == REMOVED:
        raise ItemIsRemoved(f"Item {item_id} was taken back, or its customer erased.")
    who = uow.principal.subject if uow.principal else "system"
    changed = {"customer_id": command.customer_id, "matched_by": who, "version": item.version + 1}
    unowned = update(Item).where(col(Item.id) == item_id, col(Item.customer_id).is_(None))
    await uow.execute(unowned.values(**changed))
    await uow.execute(delete(ItemAuthor).where(col(ItemAuthor.item_id) == item_id))
    uow.emit(FeedbackMatched(item_id=item_id, customer_id=command.customer_id, by=who))
    matched = await repository.item(uow, item_id)
    if matched.state == CATEGORISED:
        tell_categorised(uow, matched)
        await consider(uow, matched, await repository.rules(uow), office_zone)
    return await repository.item(uow, item_id)


async def suggested_duplicates(tx: Tx, item_id: UUID, embedder: str) -> list[Suggestion]:
    """Return items that likely repeat this one: the same words within 30 days, or nearly the same meaning from the same customer."""
    item = await repository.item(tx, item_id)
    near = (col(Item.said_at) >= item.said_at - NEAR_DAYS, col(Item.said_at) <= item.said_at + NEAR_DAYS)
    same_words = col(Item.text_digest) == item.text_digest if item.text_digest and len(item.text) >= SHORTEST else None
    same_customer = col(Item.customer_id) == item.customer_id if item.customer_id else None
    ways = [way for way in (same_words, same_customer) if way is not None]
    if not ways:
        return []
    others = select(Item).where(or_(*ways), *near, col(Item.id) != item_id, col(Item.state) == CATEGORISED, col(Item.duplicate_of).is_(None))
    found = await tx.all(others.order_by(col(Item.id).desc()).limit(200), Item)
    vectors = await _vectors(tx, [item.id, *(one.id for one in found)], embedder)
    suggestions = []
    for one in found:
        likeness = _likeness(vectors.get(item.id), vectors.get(one.id))
        if item.text_digest is not None and one.text_digest == item.text_digest and len(item.text) >= SHORTEST:
            suggestions.append(Suggestion(ItemView.model_validate(one), "same_words", 1.0))
        elif likeness >= SAME_MEANING and one.customer_id == item.customer_id:
            suggestions.append(Suggestion(ItemView.model_validate(one), "same_customer", likeness))
    return sorted(suggestions, key=lambda one: (-one.likeness, one.item.id))[:MOST_SUGGESTED]


async def _vectors(tx: Tx, ids: list[UUID], embedder: str) -> dict[UUID, Any]:
    stored = await repository.vectors_of(tx, ids, embedder)
    return {item_id: np.frombuffer(raw, dtype=np.float16).astype(np.float32) for item_id, raw in stored.items()}


def _likeness(first: Any, second: Any) -> float:
    if first is None or second is None:
        return 0.0
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    return round(float(first @ second) / lengths, 4) if lengths > 0 else 0.0


async def merge_item(uow: UnitOfWork, item_id: UUID, command: MergeItem) -> Item:
    """Count this item no more: it repeats another. Nothing of it is changed or lost, and it can be taken apart again."""
    item, into = await repository.item(uow, item_id), await repository.item(uow, command.into)
    if item.duplicate_of == into.id:
        return item
    repeated = await uow.scalar(select(col(Item.id)).where(col(Item.duplicate_of) == item_id).limit(1))
    if into.id == item_id or into.duplicate_of is not None or item.duplicate_of is not None or repeated is not None or not item.counted:
        raise CannotMerge("One of the two is merged already, is not counted, or they are the same.", pointer="/into")
    return await _set(uow, item, into.id, counted=False)


async def unmerge_item(uow: UnitOfWork, item_id: UUID) -> Item:
    """Count it again as a voice of its own."""
    item = await repository.item(uow, item_id)
    return item if item.duplicate_of is None else await _set(uow, item, None, counted=True)


async def _set(uow: UnitOfWork, item: Item, into: UUID | None, *, counted: bool) -> Item:
    who = uow.principal.subject if uow.principal else "system"
    changed = {"duplicate_of": into, "counted": counted, "version": item.version + 1}
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(**changed))
    other = into or item.duplicate_of
    if other is not None:
        uow.emit(FeedbackMerged(item_id=item.id, into=other, merged=into is not None, by=who))
    return await repository.item(uow, item.id)
