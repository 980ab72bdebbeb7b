"""The change begins: from here on the figure is compared with the baseline."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.insight import repository
from services.insight.models import Initiative
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Command, Instant


class AlreadyStarted(Conflict):
    """An initiative is started once; its start decides what counts as before and after."""

    code = "initiative_already_started"


class StartOutOfPlace(Refused):
    """An initiative starts when its baseline is over, before it is due, and not in the future."""

    code = "initiative_start_out_of_place"


class StartInitiative(Command):
    """When the change took effect; None: now."""

    started_at: Instant | None = None


async def start_initiative(uow: UnitOfWork, initiative_id: UUID, command: StartInitiative) -> Initiative:
    """Start it; the baseline window is then closed for good."""
    found = await repository.initiative(uow, initiative_id)
    if found.started_at is not None:
        raise AlreadyStarted(f"Initiative {initiative_id} was started at {found.started_at.isoformat()}.")
    started_at = command.started_at or uow.now
    if not found.baseline_to <= started_at <= uow.now or started_at >= found.due:
        raise StartOutOfPlace(
            f"The baseline ends at {found.baseline_to.isoformat()}, the change is due at {found.due.isoformat()}; "
            "the start lies between them and not in the future.",
            pointer="/started_at",
        )
    changed = {"state": "started", "started_at": started_at, "version": found.version + 1}
    mine = (col(Initiative.id) == initiative_id, col(Initiative.started_at).is_(None))
    if await uow.execute(update(Initiative).where(*mine).values(changed)) == 0:
        raise AlreadyStarted(f"Initiative {initiative_id} was started a moment ago.")
    return await repository.initiative(uow, initiative_id)
