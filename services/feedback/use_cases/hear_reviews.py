"""Reviews as platforms send them: at least once and in any order; edited, deleted, and sometimes something that we do not know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, update
from sqlmodel import col

from services.customers.contract import IdentityKey
from services.feedback import repository
from services.feedback.contract import FeedbackReferenced, FeedbackRemoved
from services.feedback.domain.items import RECEIVED, REMOVED, NewItem
from services.feedback.models import Item, ItemAuthor, ItemTerm, ItemVector, ReviewerRequest, ReviewToFetch, WebhookEvent
from services.feedback.use_cases.forgetting import CustomerWasErased
from services.feedback.use_cases.reply_to_review import reopen_replies
from services.feedback.use_cases.sealing import Words, vault_of
from services.feedback.use_cases.take_in import take_in, wake_categoriser
from services.kit.db import UnitOfWork
from services.kit.ids import new_id

CREATED, UPDATED, DELETED, UNKNOWN = "created", "updated", "deleted", "unknown"
TO_FETCH, UNREADABLE, AUTOMATIC = "to_fetch", "unreadable", "automatic"
"""The platform said only that there is a review; what came was not JSON; or no person wrote it."""


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One event of a platform, translated; `review` is None when it is unknown, unreadable or automatic."""

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
    return sum(event.change not in {UNKNOWN, UNREADABLE, AUTOMATIC} for event in events)


async def hear_reviews(uow: UnitOfWork, source_key: str, events: Sequence[ReviewEvent]) -> None:
    """Keep every event, apply those that are reviews."""
    vault, rows = vault_of(uow), []
    for event in events:
        done = await _apply(uow, event)
        if event.change == TO_FETCH and event.review is not None:
            await _have_fetched(uow, source_key, event.review.external_id)
        row_id = new_id()
        sealed = None if done.gone else vault.seal(row_id, orjson.dumps(event.raw))
        row = {"id": row_id, "source_key": source_key, "name": event.name, "outcome": done.outcome, "received_at": uow.now}
        rows.append({**row, "item_id": done.item_id, "sealed": sealed})
    await uow.insert(WebhookEvent, *rows)


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of an event: created, updated, deleted, repeated, stale, to_fetch, unknown, unreadable or automatic; and of which item, if of one.

    `gone` says that the item is a tombstone now, or its customer was erased: nothing of what was said is kept.
    """

    outcome: str
    item_id: UUID | None = None
    gone: bool = False


async def _apply(uow: UnitOfWork, event: ReviewEvent) -> _Done:
    new = event.review
    if new is None or event.change == TO_FETCH:
        return _Done(event.change)
    item = await repository.item_by_external(uow, new.source, new.external_id)
    if item is None:
        return await _first(uow, new, event)
    if item.state == REMOVED:
        return _Done("stale", item.id, gone=True)
    if event.change == DELETED:
        await _remove(uow, item)
        return _Done(DELETED, item.id, gone=True)
    return _Done(await _change(uow, item, new, event), item.id)


async def _have_fetched(uow: UnitOfWork, source_key: str, external_id: str) -> None:
    """Put a review on the list of those whose text is to be fetched, and have it fetched now."""
    row = {"source_key": source_key, "external_id": external_id, "told_at": uow.now, "failure": None}
    await uow.upsert(ReviewToFetch, row, key=("source_key", "external_id"))
    await uow.schedule("fetch_review", key=fetch_key(source_key, external_id), at=uow.now)


def fetch_key(source_key: str, external_id: str) -> str:
    """Return the key of the work of fetching a review; a source's key has no space."""
    return f"{source_key} {external_id}"


async def _first(uow: UnitOfWork, new: NewItem, event: ReviewEvent) -> _Done:
    """Take in a review that nobody knew.

    Should another process bring it at this moment, the unique key ends this transaction, and the call is applied again.
    """
    item_id = new_id()
    try:
        await take_in(uow, new, item_id, vault_of(uow).take(item_id, new.title, new.text), changed_at=event.changed_at)
    except CustomerWasErased:
        return _Done("stale", gone=True)
    if event.change == DELETED:
        await _remove(uow, await repository.item(uow, item_id))
    return _Done(event.change, item_id, gone=event.change == DELETED)


async def _change(uow: UnitOfWork, item: Item, new: NewItem, event: ReviewEvent) -> str:
    """Apply a version to a known review, unless it is the same or an older one."""
    named = await _named(uow, item, new)
    words = vault_of(uow).take(item.id, new.title, new.text)
    score, scale_max = new.score, new.scale_max
    if event.completes:
        words = words if new.text else Words(item.title, item.text, item.sealed)
        score, scale_max = (score, scale_max) if score is not None else (item.score, item.scale_max)
        if (words.text, score) == (item.text, item.score):
            return UPDATED if named else "repeated"
    elif item.digest == new.digest():
        return UPDATED if named else "repeated"
    older = event.changed_at is not None and item.changed_at is not None and event.changed_at < item.changed_at
    if older or event.change == CREATED:
        return "stale"
    await _edit(uow, item, words, {"score": score, "scale_max": scale_max, "digest": new.digest(), "changed_at": event.changed_at or item.changed_at})
    return UPDATED


async def _named(uow: UnitOfWork, item: Item, new: NewItem) -> bool:
    """Keep keys that came later, as when its author answered the question who they are; return whether there were any."""
    later = [{"kind": kind, "value": value} for kind, value in new.customer_keys if {"kind": kind, "value": value} not in item.customer_keys]
    if item.customer_id is not None or not later:
        return False
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(customer_keys=[*item.customer_keys, *later]))
    uow.emit(FeedbackReferenced(item_id=item.id, customer_keys=[IdentityKey(**key) for key in later]))
    return True


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
    await uow.execute(delete(ItemAuthor).where(col(ItemAuthor.item_id) == item.id))
    await uow.execute(delete(ReviewerRequest).where(col(ReviewerRequest.item_id) == item.id))
    await reopen_replies(uow, item.id, "deleted")
    uow.emit(FeedbackRemoved(item_id=item.id, customer_id=item.customer_id, source=item.source, removed_at=uow.now))
