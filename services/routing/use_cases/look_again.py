"""A step of the policy falls due, a queue opens, or a cool-down is over: judge the waiting contact anew."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.domain.contact import Trigger
from services.routing.repository import matching
from services.routing.use_cases.match import match_contact


async def look_again(uow: UnitOfWork, contact_id: UUID) -> None:
    """Match the contact if it still waits."""
    await matching.lock_dispatch(uow)
    await match_contact(uow, contact_id, Trigger.STEP_DUE)
