"""What became of an ask on its way out is told, so that others know who could answer at all."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.contract import AskSettled
from services.survey.repository import asking

SENT, UNDELIVERABLE = "sent", "undeliverable"


async def tell_settled(uow: UnitOfWork, invitation_id: UUID, state: str) -> None:
    """Tell that a carrier took an ask (`sent`), or that no channel is left (`undeliverable`)."""
    found = await asking.invitation(uow, invitation_id)
    uow.emit(
        AskSettled(
            invitation_id=found.id, programme=found.programme, customer_id=found.customer_id, channel=found.channel, state=state, settled_at=uow.now
        )
    )
