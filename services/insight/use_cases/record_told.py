"""A contributor was told what changed."""

from services.feedback.contract import ContributorTold
from services.insight import repository
from services.insight.models import ToldFact
from services.kit.db import UnitOfWork
from services.kit.ids import new_id


async def record_told(uow: UnitOfWork, event: ContributorTold) -> None:
    """Count each contributor of an initiative once."""
    row = {
        "id": new_id(),
        "initiative_id": event.initiative_id,
        "customer_id": await repository.customer_for(uow, event.customer_id, event.initiative_id),
        "channel": event.channel,
        "language": event.language,
        "told_at": uow.envelope.occurred_at,
    }
    await uow.insert_ignore(ToldFact, row)
