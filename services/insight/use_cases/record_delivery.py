"""An ask left the house, or a rule held it back: the two steps of the funnel before anybody can answer."""

from sqlalchemy import delete
from sqlmodel import col

from services.insight import repository
from services.insight.models import DeliveryFact, SuppressedFact
from services.kit.db import UnitOfWork
from services.survey.contract import AskSettled, SurveySkipped


async def record_settled(uow: UnitOfWork, event: AskSettled) -> None:
    """Keep what became of the ask; what was told of an earlier moment does not replace a later word."""
    row = {"invitation_id": event.invitation_id, "state": event.state, "channel": event.channel, "settled_at": event.settled_at}
    if await uow.insert_ignore(DeliveryFact, row):
        return
    older = (col(DeliveryFact.invitation_id) == event.invitation_id, col(DeliveryFact.settled_at) <= event.settled_at)
    if await uow.execute(delete(DeliveryFact).where(*older)):
        await uow.insert(DeliveryFact, row)


async def record_skipped(uow: UnitOfWork, event: SurveySkipped) -> None:
    """Count who was not asked, and by which rule, once a decision."""
    values = {
        "programme": event.programme,
        "reason": event.reason,
        "contact_id": event.contact_id,
        "customer_id": await repository.customer_for(uow, event.customer_id, event.decision_id),
        "skipped_at": uow.envelope.occurred_at,
    }
    await repository.put(uow, SuppressedFact, {"decision_id": event.decision_id}, values)
