"""What a customer has with us: orders, cases, consents, and what may be offered."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from services.customers.models import CaseWriteUp, Consent, CustomerCase, CustomerOrder, Offer, Values
from services.customers.repository.identity import touch
from services.customers.repository.sealing import open_values, seal_values, sealers, sealers_for
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound

CASE_TEXTS = frozenset({"title", "description", "promise"})
WRITE_UP_TEXTS = frozenset({"title", "problem", "environment", "cause", "resolution"})


async def order(tx: Tx, reference: str, *, lock: bool = False) -> CustomerOrder | None:
    """Return the order with this reference; locked, other writers wait."""
    statement = select(CustomerOrder).where(col(CustomerOrder.order_reference) == reference)
    return await tx.first(statement.with_for_update() if lock else statement, CustomerOrder)


async def close_order(uow: UnitOfWork, order: CustomerOrder, state: str, at: datetime) -> CustomerOrder:
    """Give an order its last state."""
    values = {"state": state, "closed_at": at, "version": order.version + 1}
    await uow.execute(update(CustomerOrder).where(col(CustomerOrder.id) == order.id).values(**values))
    await touch(uow, order.customer_id)
    return CustomerOrder.model_validate({**order.model_dump(), **values})


async def case(tx: Tx, case_id: UUID, *, lock: bool = False) -> CustomerCase:
    """Return a case; locked, other writers wait. Raises NotFound."""
    statement = select(CustomerCase).where(col(CustomerCase.id) == case_id)
    found = await tx.first(statement.with_for_update() if lock else statement, CustomerCase)
    if found is None:
        message = f"There is no case {case_id}."
        raise NotFound(message)
    return (await opened_cases(tx, [found]))[0]


async def opened_cases(tx: Tx, rows: Sequence[CustomerCase]) -> list[CustomerCase]:
    """Return the cases readable; the texts of an erased customer are empty."""
    keys = await sealers(tx, {row.customer_id for row in rows})
    return [CustomerCase.model_validate(open_values(keys.get(row.customer_id), row.model_dump(), "customer_case", CASE_TEXTS)) for row in rows]


async def add_case(uow: UnitOfWork, values: Values) -> None:
    """Write a new case, its texts sealed."""
    sealer = (await sealers_for(uow, [values["customer_id"]]))[values["customer_id"]]
    await uow.insert(CustomerCase, seal_values(sealer, values, "customer_case", CASE_TEXTS))


async def add_write_up(uow: UnitOfWork, customer_id: UUID, values: Values) -> None:
    """Write down what solved a case of this customer, sealed."""
    sealer = (await sealers_for(uow, [customer_id]))[customer_id]
    await uow.insert(CaseWriteUp, seal_values(sealer, values, "case_write_up", WRITE_UP_TEXTS))


async def change_case(uow: UnitOfWork, case: CustomerCase, values: Values) -> CustomerCase:
    """Overwrite columns of a case; its version grows in any event."""
    changed = {**values, "version": case.version + 1}
    sealed: Values = changed
    if CASE_TEXTS & changed.keys():
        sealed = seal_values((await sealers_for(uow, [case.customer_id]))[case.customer_id], changed, "customer_case", CASE_TEXTS)
    await uow.execute(update(CustomerCase).where(col(CustomerCase.id) == case.id).values(**sealed))
    await touch(uow, case.customer_id)
    return CustomerCase.model_validate({**case.model_dump(), **changed})


async def case_customer(tx: Tx, case_id: UUID) -> UUID | None:
    """Return whose case it is; None when it is none of ours."""
    found: UUID | None = await tx.scalar(select(col(CustomerCase.customer_id)).where(col(CustomerCase.id) == case_id))
    return found


async def consent_words(tx: Tx, ids: Collection[UUID]) -> list[Consent]:
    """Return every word on consent of these records, newest first."""
    return await tx.all(
        select(Consent).where(col(Consent.customer_id).in_(ids)).order_by(col(Consent.given_at).desc(), col(Consent.id).desc()), Consent
    )


async def offer(tx: Tx, key: str) -> Offer | None:
    """Return an offer."""
    return await tx.first(select(Offer).where(col(Offer.key) == key), Offer)


async def catalogue(tx: Tx) -> list[Offer]:
    """Return all offers."""
    return await tx.all(select(Offer).order_by(col(Offer.key)), Offer)
