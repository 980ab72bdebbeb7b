"""Somebody spoke about what has changed now: note that they are to be told, once."""

from services.feedback.contract import ContributorFound
from services.kit.db import UnitOfWork
from services.survey.repository import told

TELL = "tell_customer"


async def hear_contributor_found(uow: UnitOfWork, event: ContributorFound) -> None:
    """Note it and have it looked at; whatever is heard of it again changes nothing."""
    await told.announce(uow, event.initiative_id, event.messages)
    telling_id = await told.plan(uow, event.initiative_id, event.customer_id)
    if telling_id is not None:
        await uow.schedule(TELL, key=str(telling_id), at=uow.now)
