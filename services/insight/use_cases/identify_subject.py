"""Something that arrived without a customer has one now."""

from sqlalchemy import update
from sqlmodel import col

from services.customers.contract import SubjectIdentified
from services.insight import repository
from services.insight.models import AnswerFact, ContactFact, FeedbackFact, KnownSubject
from services.kit.db import UnitOfWork


async def identify_subject(uow: UnitOfWork, event: SubjectIdentified) -> None:
    """Give the fact its customer; when the fact is not here yet, it finds its customer when it comes."""
    customer_id = await repository.customer_for(uow, event.customer_id, event.subject_id)
    if customer_id is None:
        return
    row = {"subject_id": event.subject_id, "kind": event.subject_kind, "customer_id": customer_id}
    await uow.upsert(KnownSubject, row, key=("subject_id",))
    named = {"customer_id": customer_id}
    if event.subject_kind == "contact":
        contact = col(ContactFact.contact_id) == event.subject_id
        await uow.execute(update(ContactFact).where(contact).values(named))
        nobody = (col(AnswerFact.contact_id) == event.subject_id, col(AnswerFact.customer_id).is_(None))
        await uow.execute(update(AnswerFact).where(*nobody).values(named))
    elif event.subject_kind == "feedback_item":
        item = col(FeedbackFact.item_id) == event.subject_id
        await uow.execute(update(FeedbackFact).where(item).values(named))
