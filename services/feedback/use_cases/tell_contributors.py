"""You said, we did: everybody who spoke about a cause is to be told once that it is gone.

Survey tells them, as it asks: within its caps, in their language, by a channel that they let us use. Here is who, and what came of it.
"""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import ContributorFound, ContributorTold
from services.feedback.models import Initiative, Telling
from services.insight.contract import InitiativePublished
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.survey.contract import TellingSettled

PAGE = 200
PLANNED, TOLD, WITHHELD = "planned", "told", "withheld"


async def hear_initiative_published(uow: UnitOfWork, event: InitiativePublished) -> None:
    """Keep the initiative and have its contributors found."""
    row = event.model_dump(include={"initiative_id", "title", "driver", "messages", "since", "published_at"})
    if await uow.insert_ignore(Initiative, row):
        await uow.schedule("find_contributors", key=str(event.initiative_id), at=uow.now, payload={"after": None})


async def find_contributors(uow: UnitOfWork, job: DueJob) -> None:
    """Name each person behind the next page of customers; two customers that are one person are named once."""
    initiative = await repository.initiative(uow, UUID(job.key))
    after = UUID(job.payload["after"]) if job.payload["after"] else None
    page = await repository.contributors(uow, initiative.driver, initiative.since, after, PAGE)
    people = await repository.survivors(uow, page)
    for person in dict.fromkeys(people.values()):
        plan = {"initiative_id": initiative.initiative_id, "customer_id": person, "state": PLANNED, "channel": None}
        if await uow.insert_ignore(Telling, {**plan, "reason": None, "language": None, "settled_at": None}):
            _name(uow, initiative, person)
    if len(page) == PAGE:
        await uow.schedule(job.kind, key=job.key, at=uow.now, payload={"after": str(page[-1])})


async def name_planned(uow: UnitOfWork, job: DueJob) -> None:
    """Name somebody whom an earlier version had planned to write to by itself, and had not."""
    initiative_id, customer_id = (UUID(part) for part in job.key.split("/"))
    plan = await repository.telling(uow, initiative_id, customer_id)
    if plan is not None and plan.state == PLANNED:
        _name(uow, await repository.initiative(uow, initiative_id), customer_id)


def _name(uow: UnitOfWork, initiative: Initiative, customer_id: UUID) -> None:
    uow.emit(ContributorFound(initiative_id=initiative.initiative_id, customer_id=customer_id, messages=initiative.messages, found_at=uow.now))


async def hear_telling_settled(uow: UnitOfWork, event: TellingSettled) -> None:
    """Note what became of it, and say so when somebody was told: the first time counts, whatever another channel brings later."""
    mine = (col(Telling.initiative_id) == event.initiative_id, col(Telling.customer_id) == event.customer_id, col(Telling.state) != TOLD)
    settled = {"reason": event.reason, "channel": event.channel, "language": event.language, "settled_at": event.settled_at}
    state = TOLD if event.state == TOLD else WITHHELD
    if await uow.execute(update(Telling).where(*mine).values(state=state, **settled)) == 0:
        return
    if event.state == TOLD and event.channel is not None and event.language is not None:
        told = ContributorTold(customer_id=event.customer_id, initiative_id=event.initiative_id, channel=event.channel, language=event.language)
        uow.emit(told)
