"""Take in a voice: one row, the event that tells of it, and the work of reading it later."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.customers.contract import IdentityKey
from services.feedback.contract import FeedbackReceived
from services.feedback.domain.items import RECEIVED, NewItem
from services.feedback.models import Item, ItemAuthor
from services.feedback.use_cases.forgetting import CustomerWasErased, is_erased
from services.feedback.use_cases.sealing import Words
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict

PATIENCE = timedelta(seconds=30)
"""How long the reading of an item waits for the answer to "whose is it?", so that it is told once and complete."""
LANES = 4
"""Due rows that wake the categoriser: few, because one run reads many items; several, so that commits do not queue for one row."""


class ItemDiffers(Conflict):
    """This source sent this external id before, with other content. Send a new external id: what was said is never overwritten from here."""

    code = "feedback_item_differs"


async def take_in(uow: UnitOfWork, new: NewItem, item_id: UUID, words: Words, *, changed_at: datetime | None = None) -> Mapping[str, Any]:
    """Store the item under `item_id`; raises CustomerWasErased. `changed_at` is when its source made this version; None where it does not say.

    Raises UniqueViolation when (source, external id) is known: the caller then looks at what is there.
    """
    if await _of_erased(uow, new):
        raise CustomerWasErased("This customer was erased here.", pointer="/customer_id")
    row = item_row(uow, new, item_id, words) | {"changed_at": changed_at}
    await uow.insert(Item, row)
    if new.author and new.customer_id is None:
        await uow.insert(ItemAuthor, {"item_id": item_id, "name": new.author, "place": new.place})
    await announce(uow, row)
    return row


async def take_in_once(uow: UnitOfWork, new: NewItem, item_id: UUID, words: Words) -> bool:
    """Store the item unless (source, external id) is known, or its customer was erased; return whether it is new."""
    if await _of_erased(uow, new):
        return False
    row = item_row(uow, new, item_id, words)
    fresh = await uow.insert_ignore(Item, row)
    if fresh:
        await announce(uow, row)
    return fresh


async def _of_erased(uow: UnitOfWork, new: NewItem) -> bool:
    return new.customer_id is not None and await is_erased(uow, new.customer_id)


def item_row(uow: UnitOfWork, new: NewItem, item_id: UUID, words: Words) -> dict[str, Any]:
    """Return the row of a new item."""
    waits = new.customer_id is None and bool(new.customer_keys)
    return {
        "id": item_id,
        "source": new.source,
        "external_id": new.external_id,
        "kind": new.kind,
        "state": RECEIVED,
        "version": 1,
        "digest": new.digest(),
        "customer_id": new.customer_id,
        "customer_keys": [{"kind": kind, "value": value} for kind, value in new.customer_keys],
        "contact_id": new.contact_id,
        "case_id": new.case_id,
        "title": words.title,
        "text": words.text,
        "sealed": words.sealed,
        "score": new.score,
        "scale_max": new.scale_max,
        "hint_driver": new.hint_driver,
        "wants_contact": new.wants_contact,
        "contact_channel": new.contact_channel,
        "counted": new.counted,
        "language": new.language,
        "sentiment": None,
        "severity": None,
        "driver": None,
        "department": None,
        "product": None,
        "decision": None,
        "labels": [],
        "reasons": [],
        "review_rank": None,
        "follow_up_id": None,
        "categorise_from": uow.now + PATIENCE if waits else uow.now,
        "said_at": new.said_at,
        "received_at": uow.now,
    }


async def announce(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Tell of a new item and have it read."""
    uow.emit(
        FeedbackReceived(
            item_id=row["id"],
            customer_id=row["customer_id"],
            customer_keys=[IdentityKey(**key) for key in row["customer_keys"]],
            source=row["source"],
            kind=row["kind"],
            external_id=row["external_id"],
            score=row["score"],
            scale_max=row["scale_max"],
            contact_id=row["contact_id"],
            said_at=row["said_at"],
        ),
    )
    if row["categorise_from"] > uow.now:
        await uow.schedule("categorise", key=str(row["id"]), at=row["categorise_from"])
    else:
        await wake_categoriser(uow, row["id"])


async def wake_categoriser(uow: UnitOfWork, item_id: UUID) -> None:
    """Have what waits to be read, read now."""
    await uow.wake("categorise", key=str(item_id.int % LANES))
