"""Duties that follow from what was read: follow-ups, and telling contributors what changed."""

from uuid import UUID

from services.feedback import repository
from services.feedback.use_cases.close_follow_up import settle_recovery
from services.feedback.use_cases.open_follow_up import consider
from services.feedback.use_cases.tell_contributors import letter_to, settle_telling
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


async def tell_contributor(runtime: Runtime, job: DueJob) -> None:
    """Send one letter. The message id is the plan's, so that a repeated try is the same message."""
    initiative_id, customer_id = (UUID(part) for part in job.key.split("/"))
    mail, written, withheld = await runtime.read(letter_to, initiative_id, customer_id)
    if mail is not None and written is not None:
        await runtime.resources["mail"].send(mail)
        await runtime.write(settle_telling, initiative_id, customer_id, written.language, None)
    elif withheld != "settled":
        await runtime.write(settle_telling, initiative_id, customer_id, None, withheld)
