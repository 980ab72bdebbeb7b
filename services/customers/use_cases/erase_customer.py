"""Forget a customer: everything that names them goes, what is counted stays, and every service says when it is done.

The steps, each a transaction of its own, each repeatable: (1) keys are destroyed, texts blanked, fingerprints of the identity keys kept, the
services told; (2) what the room had told before is swept away; (3) each service's receipt is taken; (4) who has not answered is told again.
A process that dies between two steps goes on with the next one: the outbox and the due table remember it.
"""

from datetime import timedelta
from uuid import UUID

from services.customers import repository
from services.customers.contract import CustomerErased, ErasureCompleted, ErasureReceiptView, ErasureView
from services.customers.domain.keys import Key, KeyKind
from services.customers.models import Erasure
from services.customers.use_cases.name_actor import actor
from services.customers.use_cases.receipts import OTHERS, Receipt
from services.kit.db import Tx, UnitOfWork
from services.kit.due import DueJob
from services.kit.fields import Command
from services.kit.ids import new_id
from services.kit.subjects import forget_told

OWN = "customers"
SWEEP = "sweep_erasure"
CHASE = "chase_erasure"
SWEEP_AFTER = timedelta(seconds=5)
CHASE_AFTER = timedelta(hours=1)
OVERDUE_AFTER = timedelta(days=1)


class EraseCustomer(Command):
    """Order to forget a person, named by the id of any of their records."""

    customer_id: UUID


async def erase_customer(uow: UnitOfWork, customer_id: UUID) -> ErasureView:
    """Forget here at once and tell the others; again returns the same erasure. The person's keys are refused from now on."""
    await repository.person(uow, customer_id)
    erased_at = await repository.lock_person(uow, customer_id)
    members = await repository.person(uow, customer_id)
    known = await repository.erasure_of(uow, members[0])
    if known is not None:
        return await show_erasure(uow, known.id)
    if erased_at is None:
        keys = await repository.keys_of(uow, members)
        await repository.remember_erased(uow, [Key(KeyKind(key.kind), key.value) for own in keys.values() for key in own])
    erasure_id = new_id()
    erasure = {"id": erasure_id, "person_id": members[0], "requested_by": actor(uow), "requested_at": uow.now, "told_at": uow.now}
    row = {**erasure, "rounds": 1, "completed_at": None, "version": 1}
    await repository.add_erasure(uow, row, members, (OWN, *OTHERS))
    cases = await repository.case_ids(uow, members)
    blanked = await repository.erase(uow, members)
    for member in members:
        uow.emit(CustomerErased(customer_id=member, erasure_id=erasure_id))
    words = [str(one) for one in (*members, *cases)]
    await uow.schedule(SWEEP, key=str(erasure_id), at=uow.now, payload={"words": words, "rows": blanked})
    await uow.schedule(CHASE, key=str(erasure_id), at=uow.now + CHASE_AFTER)
    return await show_erasure(uow, erasure_id)


async def sweep_erasure(uow: UnitOfWork, job: DueJob) -> None:
    """Delete what this room told of the person; while an event about them is still to be told, once more a little later."""
    rows = int(job.payload["rows"]) + await forget_told(uow, job.payload["words"])
    if await repository.untold(uow, job.payload["words"]):
        await uow.schedule(SWEEP, key=job.key, at=uow.now + SWEEP_AFTER, payload={**job.payload, "rows": rows})
        return
    erasure_id = UUID(job.key)
    for receipt in await repository.receipts(uow, [erasure_id]):
        if receipt.service == OWN:
            await repository.put_receipt(uow, erasure_id, receipt.customer_id, OWN, rows)
            rows = 0  # counted once, at the first record
    await _complete(uow, erasure_id)


async def take_receipt(uow: UnitOfWork, event: Receipt) -> None:
    """Note that a service has forgotten a record."""
    await repository.put_receipt(uow, event.erasure_id, event.customer_id, event.subject.partition(".")[0], event.rows)
    await _complete(uow, event.erasure_id)


async def chase_erasure(uow: UnitOfWork, job: DueJob) -> None:
    """Tell the records that somebody has not answered for again, and come back until everybody has."""
    erasure = await repository.erasure(uow, UUID(job.key), lock=True)
    if erasure.completed_at is not None:
        return
    waiting = {row.customer_id for row in await repository.receipts(uow, [erasure.id]) if row.received_at is None and row.service != OWN}
    for customer_id in sorted(waiting):
        uow.emit(CustomerErased(customer_id=customer_id, erasure_id=erasure.id))
    await repository.change_erasure(uow, erasure.id, {"told_at": uow.now, "rounds": erasure.rounds + 1})
    await uow.schedule(CHASE, key=job.key, at=uow.now + CHASE_AFTER)


async def _complete(uow: UnitOfWork, erasure_id: UUID) -> None:
    erasure = await repository.erasure(uow, erasure_id, lock=True)
    receipts = await repository.receipts(uow, [erasure_id])
    if erasure.completed_at is not None or any(receipt.received_at is None for receipt in receipts):
        return
    await repository.change_erasure(uow, erasure_id, {"completed_at": uow.now})
    await uow.cancel(CHASE, key=str(erasure_id))
    uow.emit(ErasureCompleted(erasure_id=erasure_id, customer_id=erasure.person_id, completed_at=uow.now))


async def show_erasure(tx: Tx, erasure_id: UUID) -> ErasureView:
    """Return how far an erasure is; raises NotFound."""
    return (await show_erasures(tx, [await repository.erasure(tx, erasure_id)]))[0]


async def show_erasures(tx: Tx, rows: list[Erasure]) -> list[ErasureView]:
    """Return how far these erasures are."""
    receipts = await repository.receipts(tx, [row.id for row in rows])
    found = []
    for row in rows:
        own = [receipt for receipt in receipts if receipt.erasure_id == row.id]
        values = {
            **row.model_dump(),
            "state": "running" if row.completed_at is None else "completed",
            "overdue": row.completed_at is None and tx.now - row.requested_at > OVERDUE_AFTER,
            "missing": sorted({receipt.service for receipt in own if receipt.received_at is None}),
            "receipts": [ErasureReceiptView.model_validate(receipt) for receipt in own],
        }
        found.append(ErasureView.model_validate(values))
    return found
