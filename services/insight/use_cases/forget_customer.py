"""A customer is erased: links go, counts stay."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from services.customers.contract import CustomerErased
from services.insight import repository
from services.insight.contract import SubjectErased
from services.insight.models import AnswerFact, ContactFact, CustomerSegment, Dispute, DisputeStep, ErasedCustomer, KnownSubject
from services.kit.db import UnitOfWork
from services.kit.subjects import forget_told

ERASED = "(erased with the customer)"
"""Instead of what was written about a contact: a note may name or quote its customer."""


async def forget_customer(uow: UnitOfWork, event: CustomerErased) -> None:
    """Cut every link to the customer and keep it cut for events that are heard late; no figure moves."""
    row = {"customer_id": event.customer_id, "erased_at": uow.envelope.occurred_at}
    await uow.insert_ignore(ErasedCustomer, row)
    rows = await uow.execute(delete(KnownSubject).where(col(KnownSubject.customer_id) == event.customer_id))
    rows += await uow.execute(delete(CustomerSegment).where(col(CustomerSegment.customer_id) == event.customer_id))
    theirs = col(ContactFact.customer_id) == event.customer_id
    rows += await uow.execute(update(ContactFact).where(theirs).values(external_id=None, topic=None))
    answers = col(AnswerFact.customer_id) == event.customer_id
    rows += await uow.execute(update(AnswerFact).where(answers).values(topic=None))
    disputed = select(col(Dispute.id)).where(col(Dispute.contact_id).in_(select(col(ContactFact.contact_id)).where(theirs)))
    rows += await uow.execute(update(DisputeStep).where(col(DisputeStep.dispute_id).in_(disputed)).values(note=ERASED))
    for model in repository.LINKED:
        table: Any = model
        rows += await uow.execute(update(model).where(table.customer_id == event.customer_id).values(customer_id=None))
    if event.erasure_id is not None:
        rows += await forget_told(uow, [str(event.customer_id)])
        uow.emit(SubjectErased(erasure_id=event.erasure_id, customer_id=event.customer_id, rows=rows))
