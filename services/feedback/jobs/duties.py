"""Duties that follow from what was read: follow-ups."""

from uuid import UUID

from services.feedback import repository
from services.feedback.use_cases.close_follow_up import settle_recovery
from services.feedback.use_cases.open_follow_up import consider
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Runtime


async def consider_follow_up(runtime: Runtime, job: DueJob) -> None:
    """See whether an answer is owed for an item that found its customer only after it was read."""

    async def look(uow: UnitOfWork) -> None:
        item = await repository.item(uow, UUID(job.key))
        await consider(uow, item, await repository.rules(uow), runtime.settings.office_time_zone)

    await runtime.write(look)


async def settle_follow_up(runtime: Runtime, job: DueJob) -> None:
    """A customer answered a recovery question."""
    item_id = UUID(job.payload["item_id"]) if job.payload["item_id"] else None
    await runtime.write(settle_recovery, UUID(job.key), job.payload["resolved"], item_id, runtime.settings.office_time_zone)
