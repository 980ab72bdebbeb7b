"""A department does not accept a charge, and somebody decides."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import select, update
from sqlmodel import col

from services.insight import repository
from services.insight.models import ContactFact, Dispute, DisputeStep
from services.insight.repository.limits import seen
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, NotFound
from services.kit.fields import Code, Command
from services.kit.ids import new_id

OPEN, UPHELD, ACCEPTED = "open", "upheld", "accepted"
Note = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class NotCharged(Conflict):
    """Only the department that is charged for a contact can dispute it."""

    code = "contact_not_charged"


class AlreadyDisputed(Conflict):
    """A contact has one open dispute at a time; it is decided first."""

    code = "contact_already_disputed"


class AlreadyDecided(Conflict):
    """A dispute is decided once; a new reason is a new dispute."""

    code = "dispute_already_decided"


class RaiseDispute(Command):
    """Which contact, why it is not ours, and whose it is if known."""

    contact_id: UUID
    note: Note
    suggested: Code | None = None


class DecideDispute(Command):
    """Accepted: the contact goes to the suggested department, or to nobody. Not accepted: it stays."""

    accept: bool
    note: Note
    department: Code | None = None
    """Who pays instead; None: as the dispute suggested."""


def _who(uow: UnitOfWork) -> str:
    return uow.principal.subject if uow.principal else "house"


async def raise_dispute(uow: UnitOfWork, department: str, command: RaiseDispute) -> Dispute:
    """Open a dispute; raises NotFound, NotCharged, AlreadyDisputed."""
    mine = (col(ContactFact.contact_id) == command.contact_id, *seen(uow, ContactFact))
    charged: list[str | None] = [row["department"] for row in await uow.rows(select(col(ContactFact.department)).where(*mine))]
    if not charged:
        raise NotFound(f"There is no contact {command.contact_id}.", pointer="/contact_id")
    if charged[0] != department:
        raise NotCharged(f"Contact {command.contact_id} is not charged to {department}.", pointer="/contact_id")
    open_one = (col(Dispute.contact_id) == command.contact_id, col(Dispute.state) == OPEN)
    if await uow.scalar(select(col(Dispute.id)).where(*open_one)) is not None:
        raise AlreadyDisputed(f"Contact {command.contact_id} is disputed already.", pointer="/contact_id")
    raised = Dispute(
        id=new_id(),
        contact_id=command.contact_id,
        department=department,
        suggested=command.suggested,
        state=OPEN,
        raised_at=uow.now,
        version=1,
    )
    await uow.insert(Dispute, raised.model_dump())
    await _step(uow, raised.id, OPEN, command.note)
    return raised


async def decide_dispute(uow: UnitOfWork, dispute_id: UUID, command: DecideDispute) -> Dispute:
    """Decide it; an accepted contact is charged elsewhere from now on, whatever is heard about it later. Raises NotFound, AlreadyDecided."""
    found = await dispute(uow, dispute_id)
    state = ACCEPTED if command.accept else UPHELD
    changed = {"state": state, "version": found.version + 1}
    if command.accept and command.department is not None:
        changed["suggested"] = command.department
    mine = (col(Dispute.id) == dispute_id, col(Dispute.state) == OPEN)
    if await uow.execute(update(Dispute).where(*mine).values(changed)) == 0:
        raise AlreadyDecided(f"Dispute {dispute_id} is {found.state} already.")
    await _step(uow, dispute_id, state, command.note)
    await repository.settle(uow, found.contact_id)
    return await dispute(uow, dispute_id)


async def dispute(uow: UnitOfWork, dispute_id: UUID) -> Dispute:
    """Return a dispute; raises NotFound, also for one about a contact that the principal may not see."""
    statement = select(Dispute).where(col(Dispute.id) == dispute_id)
    if limits := seen(uow, ContactFact):
        statement = statement.where(col(Dispute.contact_id).in_(select(col(ContactFact.contact_id)).where(*limits)))
    found = await uow.first(statement, Dispute)
    if found is None:
        raise NotFound(f"There is no dispute {dispute_id}.")
    return found


async def _step(uow: UnitOfWork, dispute_id: UUID, state: str, note: str) -> None:
    await uow.insert(DisputeStep, {"id": new_id(), "dispute_id": dispute_id, "state": state, "note": note, "by": _who(uow), "at": uow.now})
