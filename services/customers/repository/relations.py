"""What customers hears of a customer: standing and follow-ups."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from services.customers.models import CustomerStanding, FollowUp, Values
from services.kit.db import Tx, UnitOfWork


async def standing(tx: Tx, customer_id: UUID) -> CustomerStanding | None:
    """Return how a record stands to us; None before the first saying."""
    return await tx.first(select(CustomerStanding).where(col(CustomerStanding.customer_id) == customer_id), CustomerStanding)


async def standings(tx: Tx, ids: Collection[UUID]) -> list[CustomerStanding]:
    """Return how these records stand to us; those of whom nothing was ever said are left out."""
    return await tx.all(select(CustomerStanding).where(col(CustomerStanding.customer_id).in_(ids)), CustomerStanding)


async def follow_up(tx: Tx, follow_up_id: UUID) -> FollowUp | None:
    """Return what is known of a follow-up."""
    return await tx.first(select(FollowUp).where(col(FollowUp.follow_up_id) == follow_up_id), FollowUp)


async def put_standing(uow: UnitOfWork, customer_id: UUID, values: Values) -> None:
    """Write all columns of how a record stands to us."""
    await uow.upsert(CustomerStanding, {"customer_id": customer_id, **values}, key=("customer_id",))


async def put_follow_up(uow: UnitOfWork, follow_up_id: UUID, values: Values) -> None:
    """Write what is new about a follow-up, known or not; columns that are not named keep what they have."""
    empty = {"item_id": None, "customer_id": None, "opened_at": None, "closed_at": None}
    if not await uow.insert_ignore(FollowUp, {"follow_up_id": follow_up_id, **empty, **values}):
        await uow.execute(update(FollowUp).where(col(FollowUp.follow_up_id) == follow_up_id).values(**values))


async def give_follow_ups(uow: UnitOfWork, item_id: UUID, customer_id: UUID) -> None:
    """Follow-ups of an item whose customer is now known become the customer's."""
    waiting = (col(FollowUp.item_id) == item_id, col(FollowUp.customer_id).is_(None))
    await uow.execute(update(FollowUp).where(*waiting).values(customer_id=customer_id))
