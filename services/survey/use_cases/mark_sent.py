"""An invitation is on its way."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.repository import asking


async def mark_sent(uow: UnitOfWork, invitation_id: UUID) -> None:
    """Note it; an answer that was faster than the note stays."""
    await asking.change_invitation(uow, invitation_id, only_in=["queued"], state="sent", sent_at=uow.now)
