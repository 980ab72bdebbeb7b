"""Who is told of offers."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.routing.models import OfferWebhook, Reservation, RoutingDecision

MOST = 50
_LISTENERS = "SELECT key, CAST(channels AS TEXT) FROM offer_webhook ORDER BY key"


class WebhookNotFound(NotFound):
    """There is no such webhook."""

    code = "offer_webhook_not_found"


async def webhooks(tx: Tx) -> list[OfferWebhook]:
    """Return all of them; there are at most MOST."""
    return await tx.all(select(OfferWebhook).order_by(col(OfferWebhook.key)).limit(MOST), OfferWebhook)


async def listeners(tx: Tx) -> list[tuple[str, list[str]]]:
    """Return the key and the channels of every webhook; no channel means all."""
    return [(key, orjson.loads(channels)) for key, channels in await tx.raw(_LISTENERS)]


async def find(tx: Tx, key: str) -> OfferWebhook | None:
    """Return one; None when there is none."""
    return await tx.first(select(OfferWebhook).where(col(OfferWebhook.key) == key), OfferWebhook)


async def put(uow: UnitOfWork, row: dict[str, Any]) -> None:
    """Create or replace one."""
    await uow.upsert(OfferWebhook, row, key=("key",))


async def drop(uow: UnitOfWork, key: str) -> None:
    """Forget one; raises WebhookNotFound."""
    if await uow.execute(delete(OfferWebhook).where(col(OfferWebhook.key) == key)) == 0:
        raise WebhookNotFound(f"There is no webhook {key}.")


async def note(uow: UnitOfWork, key: str, status: str, *, taken: bool) -> None:
    """Keep how the last delivery went."""
    failures = 0 if taken else OfferWebhook.failures + 1
    values = {"last_status": status[:200], "last_at": uow.now, "failures": failures}
    await uow.execute(update(OfferWebhook).where(col(OfferWebhook.key) == key).values(**values))


async def offer(tx: Tx, reservation_id: UUID) -> tuple[Reservation, RoutingDecision] | None:
    """Return an offer that still stands, with its reason; None when it was answered or withdrawn meanwhile."""
    found = await tx.first(select(Reservation).where(col(Reservation.id) == reservation_id, col(Reservation.status) == "pending"), Reservation)
    if found is None:
        return None
    why = await tx.first(select(RoutingDecision).where(col(RoutingDecision.reservation_id) == reservation_id), RoutingDecision)
    return None if why is None else (found, why)
