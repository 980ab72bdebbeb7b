"""What becomes of a case: who has it, what was promised, how often we wrote to each other, and whether the customer agrees that it is solved."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CallAdvised, CaseConfirmed, CaseReopened
from services.customers.models import CaseContact, CustomerCase
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, StaleVersion
from services.kit.fields import Command, Instant, Line, Name
from services.routing.contract import ContactEnded

WRITTEN = frozenset({"email", "message", "social", "portal"})
TWO = 2
"""Exchanges in writing after which a call is offered: who writes a third time has not been understood."""


class CaseStillOpen(Conflict):
    """The customer confirms a solution; nobody has said yet that this case is solved. Resolve it first."""

    code = "case_still_open"


class ChangeCase(Command):
    """A new owner, or what was promised until when; what is left out stays, null takes it back."""

    owner: Name | None = None
    promise: Line | None = None
    promised_for: Instant | None = None


class ConfirmCase(Command):
    """What the customer says of the solution; `solved: false` opens the case again."""

    solved: bool


async def change_case(uow: UnitOfWork, case_id: UUID, expected: int, command: ChangeCase) -> CustomerCase:
    """Change owner or promise; raises StaleVersion when somebody was faster."""
    case = await repository.case(uow, case_id, lock=True)
    if case.version != expected:
        message = f"Case {case_id} is at version {case.version}."
        raise StaleVersion(message)
    changed = {name: getattr(command, name) for name in command.model_fields_set}
    return await repository.change_case(uow, case, changed)


async def confirm_case(uow: UnitOfWork, case_id: UUID, command: ConfirmCase) -> CustomerCase:
    """Write down the customer's own word on the solution; again changes nothing. Raises CaseStillOpen."""
    case = await repository.case(uow, case_id, lock=True)
    if case.state == "open":
        message = f"Case {case_id} is still open."
        raise CaseStillOpen(message)
    if command.solved:
        if case.confirmed_at is not None:
            return case
        uow.emit(CaseConfirmed(case_id=case_id, customer_id=case.customer_id, confirmed_at=uow.now))
        return await repository.change_case(uow, case, {"state": "confirmed", "confirmed_at": uow.now})
    uow.emit(CaseReopened(case_id=case_id, customer_id=case.customer_id, reopened_at=uow.now))
    return await repository.change_case(uow, case, {"state": "open", "resolved_at": None, "confirmed_at": None})


async def count_contact(uow: UnitOfWork, event: ContactEnded, customer_id: UUID | None) -> None:
    """Count a contact about a case, once; with the second exchange in writing a call is advised, once for each case."""
    if event.case_id is None or customer_id is None or await repository.case_customer(uow, event.case_id) is None:
        return
    row = {"case_id": event.case_id, "contact_id": event.contact_id, "channel": event.channel, "ended_at": event.ended_at}
    if not await uow.insert_ignore(CaseContact, row):
        return
    case = await repository.case(uow, event.case_id, lock=True)
    written = event.channel in WRITTEN
    counts = {"contact_count": case.contact_count + 1, "written_exchanges": case.written_exchanges + written}
    advised = written and counts["written_exchanges"] == TWO and case.state == "open"
    await repository.change_case(uow, case, {**counts, **({"call_advised": True} if advised else {})})
    if advised:
        exchanges = counts["written_exchanges"]
        uow.emit(CallAdvised(case_id=case.id, customer_id=case.customer_id, written_exchanges=exchanges, language=case.language))
