"""A customer was asked."""

from services.insight import repository
from services.insight.models import InvitationFact
from services.kit.db import UnitOfWork
from services.survey.contract import SurveyInvited


async def record_invitation(uow: UnitOfWork, event: SurveyInvited) -> None:
    """Count the ask."""
    values = {
        "programme": event.programme,
        "channel": event.channel,
        "contact_id": event.contact_id,
        "customer_id": await repository.customer_for(uow, event.customer_id, event.invitation_id),
        "probability": event.inclusion_probability,
        "invited_at": event.invited_at,
    }
    await repository.put(uow, InvitationFact, {"invitation_id": event.invitation_id}, values)
