"""You said, we did: everybody who spoke about a cause is told once that it is gone, in their language, unless they do not want to be written to."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import ContributorTold
from services.feedback.domain.telling import Letter, letter
from services.feedback.models import Customer, Initiative, Telling
from services.feedback.use_cases.know_customers import OPT_OUT
from services.insight.contract import InitiativePublished
from services.kit.db import Tx, UnitOfWork
from services.kit.due import DueJob
from services.kit.ids import new_id
from services.kit.mail import Mail

PAGE = 200
PLANNED, TOLD, WITHHELD = "planned", "told", "withheld"


async def hear_initiative_published(uow: UnitOfWork, event: InitiativePublished) -> None:
    """Keep the initiative and have its contributors found."""
    row = event.model_dump(include={"initiative_id", "title", "driver", "messages", "since", "published_at"})
    if await uow.insert_ignore(Initiative, row):
        await uow.schedule("find_contributors", key=str(event.initiative_id), at=uow.now, payload={"after": None})


async def find_contributors(uow: UnitOfWork, job: DueJob) -> None:
    """Plan one letter for each person behind the next page of customers; two customers that are one person get one."""
    initiative = await repository.initiative(uow, UUID(job.key))
    after = UUID(job.payload["after"]) if job.payload["after"] else None
    page = await repository.contributors(uow, initiative.driver, initiative.since, after, PAGE)
    people = await repository.survivors(uow, page)
    for person in dict.fromkeys(people.values()):
        plan = {"initiative_id": initiative.initiative_id, "customer_id": person, "id": new_id(), "state": PLANNED}
        if await uow.insert_ignore(Telling, {**plan, "reason": None, "language": None, "settled_at": None}):
            await uow.schedule("tell_contributor", key=f"{initiative.initiative_id}/{person}", at=uow.now)
    if len(page) == PAGE:
        await uow.schedule(job.kind, key=job.key, at=uow.now, payload={"after": str(page[-1])})


async def letter_to(tx: Tx, initiative_id: UUID, customer_id: UUID) -> tuple[Mail | None, Letter | None, str | None]:
    """Return the mail and letter to send, or why there is none: settled, refused or no_address."""
    plan = await repository.telling(tx, initiative_id, customer_id)
    if plan is None or plan.state != PLANNED:
        return None, None, "settled"
    members = await repository.person_ids(tx, customer_id)
    if await repository.refuses(tx, members, ("service", OPT_OUT, "any"), ("email", "any")):
        return None, None, "refused"
    customer = await _reachable(tx, [customer_id, *sorted(members - {customer_id})])
    if customer is None or customer.email is None:
        return None, None, "no_address"
    initiative = await repository.initiative(tx, initiative_id)
    written = letter(initiative.messages, customer.language, customer.display_name)
    return Mail(f"<{plan.id}@antiphon>", customer.email, written.subject, written.text, language=written.language), written, None


async def _reachable(tx: Tx, members: list[UUID]) -> Customer | None:
    for member in members:
        found = await repository.customer(tx, member)
        if found is not None and found.email is not None:
            return found
    return None


async def settle_telling(uow: UnitOfWork, initiative_id: UUID, customer_id: UUID, language: str | None, reason: str | None) -> None:
    """Note that the letter went out (`language`), or that it was withheld and why; told at most once."""
    planned = update(Telling).where(
        col(Telling.initiative_id) == initiative_id, col(Telling.customer_id) == customer_id, col(Telling.state) == PLANNED
    )
    state = TOLD if reason is None else WITHHELD
    if await uow.execute(planned.values(state=state, reason=reason, language=language, settled_at=uow.now)) == 0:
        return
    if language is not None:
        uow.emit(ContributorTold(customer_id=customer_id, initiative_id=initiative_id, channel="email", language=language))
