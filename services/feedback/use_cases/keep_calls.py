"""Calls of platforms are stored as they come and answered at once; they are applied a moment later, in the order in which they came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, select, update
from sqlmodel import col

from services.feedback.models import WebhookCall
from services.feedback.use_cases.hear_reviews import ReviewEvent, hear_reviews
from services.feedback.use_cases.sealing import Vault
from services.kit.db import Tx, UnitOfWork
from services.kit.ids import new_id

SOON = timedelta(milliseconds=250)
"""Calls that come close together are applied together."""
KEPT_HEADERS = frozenset({"content-type", "x-event", "x-topic", "open-trustoo-webhook-topic", "webhook-id"})


@dataclass(frozen=True, slots=True)
class HeardCall:
    """A call on its way to the table."""

    source_key: str
    kind: str
    reference_kind: str
    payload: object
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A stored call, opened."""

    id: UUID
    heard: HeardCall


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as it is stored: sealed for the row of this id."""

    id: UUID
    source_key: str
    kind: str
    reference_kind: str
    sealed: bytes


async def keep_calls(uow: UnitOfWork, calls: Sequence[StoredCall]) -> None:
    """Store calls and have them applied within a moment. The moment is shared by all calls of the same quarter of a second."""
    told = [
        {"id": one.id, "source_key": one.source_key, "kind": one.kind, "reference_kind": one.reference_kind, "sealed": one.sealed} for one in calls
    ]
    await uow.insert(WebhookCall, *({**row, "received_at": uow.now, "failure": None} for row in told))
    place = uow.now.timestamp() // SOON.total_seconds()
    await uow.schedule("apply_calls", key=f"{place:.0f}", at=uow.now + SOON)


def seal_call(vault: Vault, call: HeardCall) -> StoredCall:
    """Return the call as it is stored."""
    call_id = new_id()
    headers = {name: value for name, value in call.headers.items() if name in KEPT_HEADERS}
    sealed = vault.seal(call_id, orjson.dumps({"payload": call.payload, "headers": headers}))
    return StoredCall(call_id, call.source_key, call.kind, call.reference_kind, sealed)


async def waiting_calls(tx: Tx, limit: int) -> list[WebhookCall]:
    """Return what is to be applied, oldest first."""
    waiting = select(WebhookCall).where(col(WebhookCall.failure).is_(None)).order_by(col(WebhookCall.id)).limit(limit)
    return await tx.all(waiting, WebhookCall)


def opened(vault: Vault, row: WebhookCall) -> WaitingCall:
    """Return a stored call as it came; raises InvalidTag when the installation's secret is another now."""
    found: dict[str, Any] = orjson.loads(vault.open(row.id, row.sealed))
    return WaitingCall(row.id, HeardCall(row.source_key, row.kind, row.reference_kind, found["payload"], found["headers"]))


async def apply_calls(uow: UnitOfWork, calls: Sequence[tuple[UUID, str, Sequence[ReviewEvent]]]) -> None:
    """Apply calls that nobody has applied meanwhile: the row goes with its effect."""
    waiting = delete(WebhookCall).where(col(WebhookCall.id).in_([call_id for call_id, _, _ in calls])).returning(col(WebhookCall.id))
    ours = {row["id"] for row in await uow.rows(waiting)}
    for call_id, source_key, events in calls:
        if call_id in ours:
            await hear_reviews(uow, source_key, events)


async def set_aside(uow: UnitOfWork, call_id: UUID, failure: str) -> None:
    """A call that cannot be applied must not hold up those behind it; it waits for a person."""
    await uow.execute(update(WebhookCall).where(col(WebhookCall.id) == call_id).values(failure=failure))


async def failed_calls(tx: Tx, limit: int) -> list[WebhookCall]:
    """Return what could not be applied, newest first."""
    return await tx.all(
        select(WebhookCall).where(col(WebhookCall.failure).is_not(None)).order_by(col(WebhookCall.id).desc()).limit(limit), WebhookCall
    )


async def replay_failed(uow: UnitOfWork) -> int:
    """Have everything that was set aside tried again; return how many calls that are."""
    count = await uow.execute(update(WebhookCall).where(col(WebhookCall.failure).is_not(None)).values(failure=None))
    await uow.schedule("apply_calls", key="replay", at=uow.now)
    return count
