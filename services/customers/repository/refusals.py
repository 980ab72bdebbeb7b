"""Pairs of records of which somebody said that they are different persons."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlmodel import col

from services.customers.models import RefusedPair
from services.customers.repository.people import people
from services.kit.db import Tx, UnitOfWork


def pair_of(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Return a pair in the order in which it is kept."""
    return (one, other) if one < other else (other, one)


async def refused_pair(tx: Tx, members: Collection[UUID], others: Collection[UUID]) -> RefusedPair | None:
    """Return what was said about two persons, over all of their records; None when nothing was."""
    return await tx.first(select(RefusedPair).where(_between(members, others)).order_by(col(RefusedPair.refused_at)).limit(1), RefusedPair)


async def refused_by_person(tx: Tx, members: Collection[UUID]) -> dict[UUID, RefusedPair]:
    """Return every person (survivor's id) of whom it was said that they are not the person of these records."""
    mine = or_(col(RefusedPair.customer_id).in_(members), col(RefusedPair.other_id).in_(members))
    pairs = await tx.all(select(RefusedPair).where(mine).order_by(col(RefusedPair.refused_at)), RefusedPair)
    said_of = {pair.other_id if pair.customer_id in members else pair.customer_id: pair for pair in reversed(pairs)}
    persons = await people(tx, list(said_of))
    return {persons[record][0]: pair for record, pair in said_of.items() if record in persons}


async def drop_refusals(uow: UnitOfWork, members: Collection[UUID], others: Collection[UUID]) -> None:
    """Forget what was said about two persons."""
    await uow.execute(delete(RefusedPair).where(_between(members, others)))


def _between(members: Collection[UUID], others: Collection[UUID]) -> ColumnElement[bool]:
    one, other = col(RefusedPair.customer_id), col(RefusedPair.other_id)
    return or_(and_(one.in_(members), other.in_(others)), and_(one.in_(others), other.in_(members)))
