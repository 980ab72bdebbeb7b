"""How far the forgetting of a person is."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import String, cast, delete, or_, select, update
from sqlmodel import col

from services.customers.domain.profile import FIELDS
from services.customers.models import (
    CaseWriteUp,
    Consent,
    Customer,
    CustomerCase,
    CustomerKey,
    CustomerOrder,
    Erasure,
    ErasureReceipt,
    Merge,
    RefusedPair,
    TimelineEntry,
    Values,
)
from services.customers.repository.archive import forget_archived
from services.customers.repository.hints import drop_hints
from services.customers.repository.sealing import shred
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import InvalidInput, NotFound
from services.kit.paging import Page, decode_cursor, encode_cursor


async def erase(uow: UnitOfWork, members: Collection[UUID]) -> int:
    """Destroy the keys of these records and blank every column that names, describes or quotes; rows and what is counted stay.

    Returns how many rows were touched.
    """
    nothing: Values = dict.fromkeys(FIELDS)
    own = select(col(CustomerCase.id)).where(col(CustomerCase.customer_id).in_(members))
    blank = {"title": "", "problem": "", "environment": None, "cause": None, "resolution": ""}
    reference = "erased:" + cast(col(CustomerOrder.id), String)
    statements = [
        update(Customer).where(col(Customer.id).in_(members)).values(**nothing, said_at={}, erased_at=uow.now, version=col(Customer.version) + 1),
        delete(CustomerKey).where(col(CustomerKey.customer_id).in_(members)),
        delete(RefusedPair).where(or_(col(RefusedPair.customer_id).in_(members), col(RefusedPair.other_id).in_(members))),
        update(Merge).where(or_(col(Merge.survivor_id).in_(members), col(Merge.merged_id).in_(members))).values(reason=""),
        update(CaseWriteUp).where(col(CaseWriteUp.case_id).in_(own)).values(**blank),
        update(CustomerCase).where(col(CustomerCase.customer_id).in_(members)).values(title="", description="", promise=None),
        update(CustomerOrder).where(col(CustomerOrder.customer_id).in_(members)).values(order_reference=reference),
        update(Consent).where(col(Consent.customer_id).in_(members)).values(source=""),
        update(TimelineEntry).where(col(TimelineEntry.customer_id).in_(members)).values(title="", data="{}"),
    ]
    gone = await shred(uow, members) + await drop_hints(uow, members)
    await forget_archived(uow, members)  # the same facts as in the timeline: counted there
    return gone + sum([await uow.execute(statement) for statement in statements])


async def case_ids(tx: Tx, members: Collection[UUID]) -> list[UUID]:
    """Return the ids of all cases of these records."""
    return [row["id"] for row in await tx.rows(select(col(CustomerCase.id)).where(col(CustomerCase.customer_id).in_(members)))]


async def erasure(tx: Tx, erasure_id: UUID, *, lock: bool = False) -> Erasure:
    """Return an erasure; locked, other receipts wait. Raises NotFound."""
    statement = select(Erasure).where(col(Erasure.id) == erasure_id)
    found = await tx.first(statement.with_for_update() if lock else statement, Erasure)
    if found is None:
        message = f"There is no erasure {erasure_id}."
        raise NotFound(message)
    return found


async def erasure_of(tx: Tx, person_id: UUID) -> Erasure | None:
    """Return the erasure of a person; None when they were never erased."""
    return await tx.first(select(Erasure).where(col(Erasure.person_id) == person_id), Erasure)


async def erasures(tx: Tx, *, done: bool | None, cursor: str | None, limit: int) -> Page[Erasure]:
    """Return a page, newest first; `done` chooses the completed or the running ones."""
    statement = select(Erasure).order_by(col(Erasure.id).desc()).limit(limit + 1)
    if done is not None:
        statement = statement.where(col(Erasure.completed_at).is_not(None) if done else col(Erasure.completed_at).is_(None))
    if cursor is not None:
        try:
            statement = statement.where(col(Erasure.id) < UUID(decode_cursor(cursor, 1)[0]))
        except ValueError as reason:
            raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from reason
    rows = await tx.all(statement, Erasure)
    return Page(items=rows[:limit], next_cursor=encode_cursor(str(rows[limit - 1].id)) if len(rows) > limit else None)


async def receipts(tx: Tx, erasure_ids: Collection[UUID]) -> list[ErasureReceipt]:
    """Return what every service has to say, in a fixed order."""
    order = (col(ErasureReceipt.erasure_id), col(ErasureReceipt.service), col(ErasureReceipt.customer_id))
    return await tx.all(select(ErasureReceipt).where(col(ErasureReceipt.erasure_id).in_(erasure_ids)).order_by(*order), ErasureReceipt)


async def add_erasure(uow: UnitOfWork, row: Values, members: Sequence[UUID], services: Sequence[str]) -> None:
    """Begin an erasure: nobody has answered yet."""
    await uow.insert(Erasure, row)
    waiting = {"erasure_id": row["id"], "rows": None, "received_at": None}
    await uow.insert(ErasureReceipt, *({**waiting, "customer_id": member, "service": service} for member in members for service in services))


async def put_receipt(uow: UnitOfWork, erasure_id: UUID, customer_id: UUID, service: str, rows: int) -> None:
    """Note an answer; the first one counts."""
    mine = (col(ErasureReceipt.erasure_id) == erasure_id, col(ErasureReceipt.customer_id) == customer_id, col(ErasureReceipt.service) == service)
    await uow.execute(update(ErasureReceipt).where(*mine, col(ErasureReceipt.received_at).is_(None)).values(rows=rows, received_at=uow.now))


async def change_erasure(uow: UnitOfWork, erasure_id: UUID, values: Values) -> None:
    """Overwrite columns of an erasure."""
    await uow.execute(update(Erasure).where(col(Erasure.id) == erasure_id).values(**values, version=col(Erasure.version) + 1))
