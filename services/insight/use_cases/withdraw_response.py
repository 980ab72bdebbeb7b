"""A customer deleted an answer: its scores stay counted, and nothing connects them with the customer any more."""

from sqlalchemy import update
from sqlmodel import col

from services.insight.models import AnswerFact, ResponseFact
from services.kit.db import UnitOfWork
from services.survey.contract import SurveyResponseWithdrawn

LAST = 2**31 - 1
"""No telling of the response comes after its withdrawal."""


async def withdraw_response(uow: UnitOfWork, event: SurveyResponseWithdrawn) -> None:
    """Cut the way to the customer: by name, by the contact, by the invitation; an older telling that is heard late changes nothing."""
    row = {"response_id": event.response_id, "invitation_id": None, "flagged": False, "revision": LAST, "told_at": event.withdrawn_at}
    if not await uow.insert_ignore(ResponseFact, row):
        kept = {name: row[name] for name in ("invitation_id", "revision", "told_at")}
        await uow.execute(update(ResponseFact).where(col(ResponseFact.response_id) == event.response_id).values(kept))
    mine = col(AnswerFact.response_id) == event.response_id
    await uow.execute(update(AnswerFact).where(mine).values(customer_id=None, contact_id=None, invitation_id=None))
