"""Say to whom contacts of a queue are escalated, level by level, and when that happens by itself."""

from typing import Annotated

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.fields import Command, Name
from services.routing.models import Queue
from services.routing.repository import queues


class EscalationLevel(Command):
    """One level: who is to look, and after how many seconds without an acknowledgement it goes higher (None: it stays)."""

    to_whom: Name
    acknowledge_seconds: Annotated[int, Field(ge=60, le=2_592_000)] | None = None


class PutEscalationLevels(Command):
    """The levels, lowest first, and the rules; a rule that is left out does not exist."""

    levels: Annotated[list[EscalationLevel], Field(min_length=1, max_length=9)]
    waited_seconds: Annotated[int, Field(ge=1, le=2_592_000)] | None = None
    """A contact that has waited so long while the queue was open is escalated; for contacts that come from now on."""
    unhappy_times: Annotated[int, Field(ge=1, le=100)] | None = None
    """After so many unhappy answers of a customer within 30 days the contact that the last one is about is escalated."""


async def put_escalation_levels(uow: UnitOfWork, key: str, command: PutEscalationLevels) -> Queue:
    """Replace the levels of a queue; escalations that are under way follow the new ones at their next level. Raises QueueNotFound."""
    await queues.queue(uow, key)
    await queues.change(uow, key, {"escalation": command.model_dump(mode="json")})
    return await queues.queue(uow, key)
