"""Reviews as platforms send them: at least once and in any order; edited, deleted, and sometimes something that we do not know."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

import orjson
from sqlalchemy import delete, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FeedbackRemoved
from services.feedback.domain.items import RECEIVED, REMOVED, NewItem
from services.feedback.models import Item, ItemVector, WebhookEvent, WebhookSource
from services.feedback.use_cases.sealing import vault_of
from services.feedback.use_cases.take_in import take_in_once, wake_categoriser
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.fields import Command
from services.kit.ids import new_id

CREATED, UPDATED, DELETED, UNKNOWN = "created", "updated", "deleted", "unknown"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One event of a platform, translated; `review` is None when it is unknown or unreadable."""

    name: str
    change: str
    raw: dict[str, Any]
    review: NewItem | None


class PutWebhookSource(Command):
    """Where reviews come from. `reference_kind` says what the platform's reference is with us: an account, an order or a plain reference."""

    kind: Literal["trustpilot"] = "trustpilot"
    reference_kind: Literal["account", "order", "reference"] = "account"
    new_secret: bool = False
    """True makes a new address; the former one stays good for the hours of ANTIPHON_FEEDBACK_SECRET_GRACE_HOURS."""


async def put_webhook_source(uow: UnitOfWork, key: str, command: PutWebhookSource, grace_hours: int) -> dict[str, Any]:
    """Create or change a source. The secret is in the answer only when it was made now; we keep its hash."""
    known = next((one for one in await repository.webhook_sources(uow) if one.key == key), None)
    secret = secrets.token_urlsafe(24) if known is None or command.new_secret else None
    row: dict[str, Any] = {
        "key": key,
        "kind": command.kind,
        "reference_kind": command.reference_kind,
        "secret_hash": _hash(secret) if secret else known.secret_hash if known else "",
        "previous_hash": known.previous_hash if known else None,
        "previous_until": known.previous_until if known else None,
        "version": known.version + 1 if known else 1,
    }
    if known is not None and secret is not None:
        row |= {"previous_hash": known.secret_hash, "previous_until": uow.now + timedelta(hours=grace_hours)}
    await uow.upsert(WebhookSource, row, key=("key",))
    return {**row, "secret": secret}


async def source_of_secret(tx: Tx, kind: str, secret: str) -> WebhookSource:
    """Return the source that this secret opens; raises NotFound. Every known hash is compared in constant time, so timing tells nothing."""
    given, found = _hash(secret), None
    for source in await repository.webhook_sources(tx, kind):
        former_holds = source.previous_hash is not None and source.previous_until is not None and tx.now < source.previous_until
        fits = hmac.compare_digest(given, source.secret_hash)
        fits_former = hmac.compare_digest(given, source.previous_hash or "-") and former_holds
        found = source if fits or fits_former else found
    if found is None:
        raise NotFound("There is no such address.")
    return found


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


async def hear_reviews(uow: UnitOfWork, source_key: str, events: Sequence[ReviewEvent]) -> int:
    """Keep every event, apply those that are reviews; return how many were understood."""
    understood = 0
    for event in events:
        outcome, item = await _apply(uow, event)
        understood += outcome != "unknown"
        row_id = new_id()
        row = {"id": row_id, "source_key": source_key, "name": event.name, "outcome": outcome, "received_at": uow.now}
        gone = outcome == DELETED or (item is not None and item.state == REMOVED)
        sealed = None if gone else vault_of(uow).seal(row_id, orjson.dumps(event.raw))
        await uow.insert(WebhookEvent, {**row, "item_id": item.id if item else None, "sealed": sealed})
    return understood


async def _apply(uow: UnitOfWork, event: ReviewEvent) -> tuple[str, Item | None]:
    """Return what was done (created, updated, deleted, repeated, stale or unknown) and to which item."""
    new = event.review
    if new is None:
        return UNKNOWN, None
    item_id = new_id()
    if await take_in_once(uow, new, item_id, vault_of(uow).take(item_id, new.title, new.text)):
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
    if item.digest == new.digest():
        return "repeated", item
    if event.change == CREATED:
        return "stale", item
    await _edit(uow, item, new)
    return UPDATED, item


async def _edit(uow: UnitOfWork, item: Item, new: NewItem) -> None:
    words = vault_of(uow).take(item.id, new.title, new.text)
    changed = {
        "title": words.title,
        "text": words.text,
        "sealed": words.sealed,
        "score": new.score,
        "digest": new.digest(),
        "state": RECEIVED,
        "version": item.version + 1,
        "categorise_from": uow.now,
    }
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(**changed))
    await uow.execute(delete(ItemVector).where(col(ItemVector.item_id) == item.id))
    await wake_categoriser(uow, item.id)


async def _remove(uow: UnitOfWork, item: Item) -> None:
    """Leave a tombstone: the words go, the row stays and refuses to live again."""
    gone = {"state": REMOVED, "title": None, "text": "", "sealed": None, "review_rank": None, "version": item.version + 1}
    await uow.execute(update(Item).where(col(Item.id) == item.id).values(**gone))
    await uow.execute(update(WebhookEvent).where(col(WebhookEvent.item_id) == item.id).values(sealed=None))
    await uow.execute(delete(ItemVector).where(col(ItemVector.item_id) == item.id))
    uow.emit(FeedbackRemoved(item_id=item.id, customer_id=item.customer_id, source=item.source, removed_at=uow.now))
