"""Ask the engine to look at a contact or an agent: a row that it takes in the transaction in which it decides, and a nudge."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.domain.contact import Trigger
from services.routing.repository import desk

DECIDE = "decide"
DESK = "desk"
LOOK_AGAIN = "look_again"
AGENT, CONTACT = "agent", "contact"


async def match_contact(uow: UnitOfWork, contact_id: UUID, trigger: Trigger) -> None:
    """Have the engine look at a contact that waits, or does not any more."""
    await desk.note_change(uow, CONTACT, contact_id, trigger.value)
    await uow.wake(DECIDE, key=DESK)


async def match_agent(uow: UnitOfWork, agent_id: UUID, trigger: Trigger) -> None:
    """Have the engine look at an agent who has changed or has a place back."""
    await desk.note_change(uow, AGENT, agent_id, trigger.value)
    await uow.wake(DECIDE, key=DESK)
