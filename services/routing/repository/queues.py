"""Queues, contact classes and the service level that each queue keeps."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.routing.domain.eligibility import HELD_OUT, Policy, class_key, from_document, to_document
from services.routing.models import Contact, ContactClass, Queue


class QueueNotFound(NotFound):
    """There is no such queue."""

    code = "queue_not_found"


async def queue(tx: Tx, key: str) -> Queue:
    """Return a queue; raises QueueNotFound."""
    found = await find(tx, key)
    if found is None:
        raise QueueNotFound(f"There is no queue {key}.")
    return found


async def find(tx: Tx, key: str) -> Queue | None:
    """Return a queue; None when there is none."""
    return await tx.first(select(Queue).where(col(Queue.key) == key), Queue)


async def queues_page(tx: Tx, cursor: str | None, limit: int) -> Page[Queue]:
    """List queues by key."""
    statement = select(Queue).order_by(col(Queue.key)).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(Queue.key) > decode_cursor(cursor, 1)[0])
    found = await tx.all(statement, Queue)
    following = encode_cursor(found[limit - 1].key) if len(found) > limit else None
    return Page[Queue](items=found[:limit], next_cursor=following)


async def class_of(uow: UnitOfWork, queue_key: str, channel: str, policy: Policy, credit_s: int, *, steered: bool = True) -> str:
    """Return the key of the class of such contacts; it is written down when it is new."""
    key = class_key(queue_key, channel, policy, credit_s) + ("" if steered else HELD_OUT)
    if not await uow.raw("SELECT 1 FROM contact_class WHERE key = $1", key):  # few are new, and a look is cheaper than an insert in vain
        row = {"key": key, "queue": queue_key, "channel": channel, "policy": to_document(policy), "credit_s": credit_s}
        await uow.insert_ignore(ContactClass, row)
    return key


async def policy_of(tx: Tx, contact: Contact) -> Policy:
    """Return the compiled policy of a queued contact."""
    row = await tx.first(select(ContactClass).where(col(ContactClass.key) == contact.class_key), ContactClass)
    if row is None:
        raise RuntimeError(f"contact {contact.id} has no class")
    return from_document(row.policy)


async def note_wait(uow: UnitOfWork, key: str, level: float, patience: tuple[float, float]) -> None:
    """Keep the queue's service level and patience (leavers, seconds waited) after one more wait that is over."""
    leavers, waited_s = patience
    await uow.execute(update(Queue).where(col(Queue.key) == key).values(service_level=level, leavers=leavers, waited_seconds=waited_s))


async def note_handled(uow: UnitOfWork, key: str, seconds: float) -> None:
    """Add one handled contact to what the queue knows of handle times."""
    values = {"handled": Queue.handled + 1, "handled_seconds": Queue.handled_seconds + seconds}
    await uow.execute(update(Queue).where(col(Queue.key) == key).values(**values))


async def waiting_of_customer(tx: Tx, customer_id: UUID) -> list[Contact]:
    """Return a customer's waiting contacts."""
    statement = select(Contact).where(col(Contact.customer_id) == customer_id, col(Contact.state) == "waiting").limit(100)
    return await tx.all(statement, Contact)


async def change(uow: UnitOfWork, key: str, values: dict[str, Any]) -> None:
    """Replace the settings of a queue and count its version up."""
    await uow.execute(update(Queue).where(col(Queue.key) == key).values(**values, version=Queue.version + 1))


async def change_class(uow: UnitOfWork, contact_id: UUID, key: str) -> None:
    """Move a waiting contact to another class."""
    await uow.execute(update(Contact).where(col(Contact.id) == contact_id).values(class_key=key))
