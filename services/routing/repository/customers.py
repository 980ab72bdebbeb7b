"""What routing keeps of customers."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, cast, delete, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.routing.models import Contact, CustomerKey, CustomerStanding, Exclusion, Reservation

LOWER_CASE = frozenset({"email"})


def normal(kind: str, value: str) -> str:
    """Write a key as customers does, as far as it matters for finding it."""
    value = value.strip()
    if kind == "phone":
        return "".join(sign for sign in value if sign.isdigit() or sign == "+")
    return value.lower() if kind in LOWER_CASE else value


async def customer_with(tx: Tx, kind: str, value: str) -> UUID | None:
    """Return whom a key names; None while routing was not told."""
    here = and_(col(CustomerKey.kind) == kind, col(CustomerKey.value).in_({value, normal(kind, value)}))
    found = await tx.first(select(CustomerKey).where(here), CustomerKey)
    return None if found is None else found.customer_id


async def standing(tx: Tx, customer_id: UUID) -> CustomerStanding | None:
    """Return what is known of a customer; None when nothing is."""
    return await tx.first(select(CustomerStanding).where(col(CustomerStanding.customer_id) == customer_id), CustomerStanding)


async def keep_standing(uow: UnitOfWork, customer_id: UUID, tier: str | None, language: str | None) -> None:
    """Keep tier and language; the mood stays."""
    here = col(CustomerStanding.customer_id) == customer_id
    if await uow.execute(update(CustomerStanding).where(here).values(tier=tier, language=language)) == 0:
        await uow.insert(CustomerStanding, {"customer_id": customer_id, "tier": tier, "mood": None, "language": language})


async def keep_mood(uow: UnitOfWork, customer_id: UUID, mood: str) -> None:
    """Keep the mood; tier and language stay."""
    here = col(CustomerStanding.customer_id) == customer_id
    if await uow.execute(update(CustomerStanding).where(here).values(mood=mood)) == 0:
        await uow.insert(CustomerStanding, {"customer_id": customer_id, "tier": None, "mood": mood, "language": None})


async def replace_keys(uow: UnitOfWork, customer_id: UUID, keys: Iterable[tuple[str, str]]) -> None:
    """Make exactly these keys name the customer; a key that named somebody else follows."""
    await uow.execute(delete(CustomerKey).where(col(CustomerKey.customer_id) == customer_id))
    wanted = {(kind, value) for kind, value in keys}
    if not wanted:
        return
    same = or_(*(and_(col(CustomerKey.kind) == kind, col(CustomerKey.value) == value) for kind, value in wanted))
    await uow.execute(delete(CustomerKey).where(same))
    await uow.insert(CustomerKey, *({"kind": kind, "value": value, "customer_id": customer_id} for kind, value in sorted(wanted)))


async def name_customer(uow: UnitOfWork, contact_id: UUID, customer_id: UUID) -> bool:
    """Write who a contact is with; False when that was known, or the contact is not ours."""
    here = and_(col(Contact.id) == contact_id, col(Contact.customer_id).is_(None))
    values = {"customer_id": customer_id, "version": Contact.version + 1, "changed_at": uow.now}
    return await uow.execute(update(Contact).where(here).values(**values)) == 1


async def contacts_of(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Return the ids of this customer's contacts."""
    return [row["id"] for row in await tx.rows(select(col(Contact.id)).where(col(Contact.customer_id) == customer_id))]


async def forget(uow: UnitOfWork, customer_id: UUID) -> int:
    """Blank every text and key of this customer; counts stay. Return how many rows that were."""
    blank: dict[str, Any] = {"customer_keys": [], "context": {}, "notes": None, "topic": None, "order_reference": None}
    blank |= {"version": Contact.version + 1, "changed_at": uow.now, "external_id": cast(col(Contact.id), String)}
    rows = await uow.execute(update(Contact).where(col(Contact.customer_id) == customer_id).values(**blank))
    theirs = select(col(Contact.id)).where(col(Contact.customer_id) == customer_id)
    rows += await uow.execute(update(Reservation).where(col(Reservation.contact_id).in_(theirs)).values(reason=None))
    rows += await uow.execute(update(Exclusion).where(col(Exclusion.contact_id).in_(theirs)).values(reason="erased"))
    rows += await uow.execute(delete(CustomerKey).where(col(CustomerKey.customer_id) == customer_id))
    return rows + await uow.execute(delete(CustomerStanding).where(col(CustomerStanding.customer_id) == customer_id))
