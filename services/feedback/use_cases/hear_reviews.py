"""Reviews as platforms send them: at least once and in any order; edited, deleted, and sometimes something that we do not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FeedbackRemoved
from services.feedback.domain.items import RECEIVED, REMOVED, NewItem
from services.feedback.models import Item, ItemTerm, ItemVector, WebhookEvent
from services.feedback.use_cases.reply_to_review import reopen_replies
from services.feedback.use_cases.sealing import Words, vault_of
from services.feedback.use_cases.take_in import take_in_once, wake_categoriser
from services.kit.db import UnitOfWork
from services.kit.ids import new_id

CREATED, UPDATED, DELETED, UNKNOWN = "created", "updated", "deleted", "unknown"
TO_FETCH, UNREADABLE = "to_fetch", "unreadable"
"""The platform said only that there is a review; or what came was not JSON."""


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One event of a platform, translated; `review` is None when it is unknown or unreadable."""

    name: str
    change: str
    raw: dict[str, Any]
    review: NewItem | None
    changed_at: datetime | None = None
    """When the platform made this version; None where it does not say."""
    completes: bool = False
    """The event brings a part alone: what it does not name stays."""


def understood(events: Sequence[ReviewEvent]) -> int:
    """Return how many of the events are about a review."""
    return sum(event.change not in {UNKNOWN, UNREADABLE} for event in events)


async def hear_reviews(uow: UnitOfWork, source_key: str, events: Sequence[ReviewEvent]) -> None:
    """Keep every event, apply those that are reviews."""
    rows = []
    for event in events:
        outcome, item = await _apply(uow, event)
        row_id = new_id()
        row = {"id": row_id, "source_key": source_key, "name": event.name, "outcome": outcome, "received_at": uow.now}
        gone = outcome == DELETED or (item is not None and item.state == REMOVED)
        sealed = None if gone else vault_of(uow).seal(row_id, orjson.dumps(event.raw))
        rows.append({**row, "item_id": item.id if item else None, "sealed": sealed})
    for row in rows:
        await uow.insert(WebhookEvent, row)


async def _apply(uow: UnitOfWork, event: ReviewEvent) -> tuple[str, Item | None]:
    """Return what was done (created, updated, deleted, repeated, stale, to_fetch, unknown, unreadable) and to which item."""
    new = event.review
    if new is None or event.change == TO_FETCH:
        return event.change, None
    item_id = new_id()
    if await take_in_once(uow, new, item_id, vault_of(uow).take(item_id, new.title, new.text)):
        if event.changed_at is not None:
            await uow.execute(update(Item).where(col(Item.id) == item_id).values(changed_at=event.changed_at))
        fresh = await repository.item(uow, item_id)
        if event.change == DELETED:
            await _remove(uow, fresh)
        return event.change, fresh
    item = await repository.item_by_external(uow, new.source, new.external_id)
    if item is None or item.state == REMOVED:
        return "stale", item
    if event.change == DELETED:
        await _remove(uow, item)
        return DELETED, item
    return await _change(uow, item, new, event), item


async def _change(uow: UnitOfWork, item: Item, new: NewItem, event: ReviewEvent) -> str:
    """Apply a version to a known review, unless it is the same or an older one."""
    words = vault_of(uow).take(item.id, new.title, new.text)
    score, scale_max = new.score, new.scale_max
    if event.completes:
        words = words if new.text else Words(item.title, item.text, item.sealed)
        score, scale_max = (score, scale_max) if score is not None else (item.score, item.scale_max)
        if (words.text, score) == (item.text, item.score):
            return "repeated"
    elif item.digest == new.digest():
        return "repeated"
    older = event.changed_at is not None and item.changed_at is not None and event.changed_at < item.changed_at
    if older or event.change == CREATED:
        return "stale"
    await _edit(uow, item, words, {"score": score, "scale_max": scale_max, "digest": new.digest(), "changed_at": event.changed_at or item.changed_at})
    return UPDATED


async def _edit(uow: UnitOfWork, item: Item, words: Words, facts: dict[str, Any]) -> None:
    changed = {
        "title": words.title,
        "text": words.text,
        "sealed": words.sealed,
        **facts,
        "state": RECEIVED,
        "version": item.version + 1,
        "categorise_from": uow.now,
    }
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(**changed))
    await uow.execute(delete(ItemVector).where(col(ItemVector.item_id) == item.id))
    await reopen_replies(uow, item.id, "edited")
    await wake_categoriser(uow, item.id)


async def _remove(uow: UnitOfWork, item: Item) -> None:
    """Leave a tombstone: the words go, the row stays and refuses to live again."""
    blank = dict.fromkeys(("title", "sealed", "review_rank", "aspects", "text_digest"))
    gone = {**blank, "state": REMOVED, "text": "", "version": item.version + 1}
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(**gone))
    await uow.execute(update(WebhookEvent).where(col(WebhookEvent.item_id) == item.id).values(sealed=None))
    await uow.execute(delete(ItemVector).where(col(ItemVector.item_id) == item.id))
    await uow.execute(delete(ItemTerm).where(col(ItemTerm.item_id) == item.id))
    await reopen_replies(uow, item.id, "deleted")
    uow.emit(FeedbackRemoved(item_id=item.id, customer_id=item.customer_id, source=item.source, removed_at=uow.now))
