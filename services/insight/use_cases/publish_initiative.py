"""You said, we did: everybody who spoke about the driver is told, and the board shows it."""

from uuid import UUID

from pydantic import Field
from sqlalchemy import update
from sqlmodel import col

from services.insight import repository
from services.insight.contract import InitiativePublished
from services.insight.domain.messages import FALLBACK
from services.insight.models import Initiative
from services.insight.use_cases.plan_initiative import Messages
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Command


class AlreadyPublished(Conflict):
    """An initiative is published once, because each contributor is told once."""

    code = "initiative_already_published"


class NotStarted(Conflict):
    """What has not begun is not told as done."""

    code = "initiative_not_started"


class EnglishMissing(Refused):
    """Every published initiative has an English message: what readers of all other languages fall back to."""

    code = "english_message_missing"


class PublishInitiative(Command):
    """Messages that are added to, or replace, those of the plan; the plan's own are enough when they hold English."""

    messages: Messages = Field(default_factory=dict)


async def publish_initiative(uow: UnitOfWork, initiative_id: UUID, command: PublishInitiative) -> Initiative:
    """Publish it, proven or not: customers hear what was done, figures stay inside."""
    found = await repository.initiative(uow, initiative_id)
    if found.published_at is not None:
        raise AlreadyPublished(f"Initiative {initiative_id} was published at {found.published_at.isoformat()}.")
    if found.started_at is None:
        raise NotStarted(f"Initiative {initiative_id} has not been started. Start it first.")
    messages = {**found.messages, **command.messages}
    if FALLBACK not in messages:
        raise EnglishMissing("Add a message under the language `en`.", pointer="/messages")
    changed = {"state": "published", "published_at": uow.now, "messages": messages, "version": found.version + 1}
    mine = (col(Initiative.id) == initiative_id, col(Initiative.published_at).is_(None))
    if await uow.execute(update(Initiative).where(*mine).values(changed)) == 0:
        raise AlreadyPublished(f"Initiative {initiative_id} was published a moment ago.")
    uow.emit(
        InitiativePublished(
            initiative_id=found.id,
            title=found.title,
            driver=found.driver,
            department=found.department,
            messages=messages,
            since=found.baseline_from,
            published_at=uow.now,
        ),
    )
    return await repository.initiative(uow, initiative_id)
