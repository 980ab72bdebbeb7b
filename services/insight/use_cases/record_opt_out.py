"""A customer does not want to be asked again: the other side of collecting."""

from services.insight import repository
from services.insight.models import OptOutFact
from services.kit.db import UnitOfWork
from services.survey.contract import SurveyOptedOut


async def record_opt_out(uow: UnitOfWork, event: SurveyOptedOut) -> None:
    """Count it once."""
    event_id = uow.envelope.id
    customer_id = await repository.customer_for(uow, event.customer_id, event_id)
    row = {"event_id": event_id, "customer_id": customer_id, "channel": event.channel, "opted_out_at": uow.envelope.occurred_at}
    await uow.insert_ignore(OptOutFact, row)
