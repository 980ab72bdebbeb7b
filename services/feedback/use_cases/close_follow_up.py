"""The end of a follow-up: the customer says so, or a person documents that there was no answer; silence is not an end."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FollowUpClosed, FollowUpEscalated
from services.feedback.domain.follow_up_rules import CONFIRMED, NO_ANSWER, NOT_RECOVERED
from services.feedback.domain.office_hours import after_office_hours
from services.feedback.domain.severity import URGENT
from services.feedback.models import FollowUp
from services.feedback.use_cases.open_follow_up import open_row
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.errors import Conflict
from services.kit.fields import Body, Command, Name
from services.kit.ids import new_id

ATTEMPTS = 3
"""After so many tries that the customer did not find good enough, a person must decide; no further one is opened by itself."""
AGAIN_OFFICE_HOURS = 4


class FollowUpIsClosed(Conflict):
    """A closed follow-up does not change any more. A new voice of the customer opens a new one."""

    code = "feedback_follow_up_closed"


class AcknowledgeFollowUp(Command):
    """Somebody takes the follow-up."""

    owner: Name


class CloseFollowUp(Command):
    """A person closes without the customer's word; that needs a note of what was tried."""

    outcome: Literal["no_answer"]
    note: Body


async def acknowledge(uow: UnitOfWork, follow_up_id: UUID, command: AcknowledgeFollowUp) -> FollowUp:
    """Note who takes it; again by another owner hands it over."""
    await _open(uow, follow_up_id)
    when = {"acknowledged_at": uow.now, "state": "acknowledged", "owner": command.owner, "version": col(FollowUp.version) + 1}
    await uow.execute(update(FollowUp).where(col(FollowUp.id) == follow_up_id).values(**when))
    return await repository.follow_up(uow, follow_up_id)


async def close_without_answer(uow: UnitOfWork, follow_up_id: UUID, command: CloseFollowUp) -> FollowUp:
    """Close as documented no-answer."""
    await _close(uow, await _open(uow, follow_up_id), NO_ANSWER, command.note)
    return await repository.follow_up(uow, follow_up_id)


async def _open(uow: UnitOfWork, follow_up_id: UUID) -> FollowUp:
    found = await repository.follow_up(uow, follow_up_id)
    if found.state == "closed":
        raise FollowUpIsClosed(f"Follow-up {follow_up_id} was closed as {found.outcome}.")
    return found


async def hear_contacted(uow: UnitOfWork, follow_up_id: UUID, agent: str | None, at: datetime) -> None:
    """An agent spoke with the customer about it: it is no longer overdue, but only the customer closes it."""
    found = await repository.known_follow_up(uow, follow_up_id)
    if found is None or found.state == "closed":
        return
    changed = {
        "contacted_at": at,
        "acknowledged_at": found.acknowledged_at or at,
        "state": "acknowledged",
        "owner": agent or found.owner,
        "version": found.version + 1,
    }
    await uow.execute(update(FollowUp).where(col(FollowUp.id) == follow_up_id).values(**changed))
    await uow.cancel("watch_follow_up", key=str(follow_up_id))


async def settle_recovery(uow: UnitOfWork, follow_up_id: UUID, resolved: str, item_id: UUID | None, office_zone: str) -> None:
    """The customer answered whether it is solved: yes closes it; anything less ends this try as not recovered and opens a more urgent one."""
    found = await repository.known_follow_up(uow, follow_up_id)
    if found is None or found.state == "closed":
        return
    if resolved == "yes":
        await _close(uow, found, CONFIRMED, None)
        return
    await _close(uow, found, NOT_RECOVERED, None)
    if found.attempt < ATTEMPTS:
        again = found.model_dump() | {
            "id": new_id(),
            "item_id": item_id or found.item_id,
            "reason": NOT_RECOVERED,
            "state": "open",
            "version": 1,
            "severity": min(URGENT, found.severity + 1),
            "owner": found.escalate_to or found.owner,
            "attempt": found.attempt + 1,
            "reopens": found.id,
            "escalation": found.escalation + 1,
            "opened_at": uow.now,
            "due_at": after_office_hours(uow.now, AGAIN_OFFICE_HOURS, office_zone),
            "acknowledged_at": None,
            "contacted_at": None,
            "closed_at": None,
            "outcome": None,
            "note": None,
        }
        await open_row(uow, again, office_zone)


async def _close(uow: UnitOfWork, found: FollowUp, outcome: str, note: str | None) -> None:
    ended = {"state": "closed", "outcome": outcome, "note": note, "closed_at": uow.now, "version": found.version + 1}
    await uow.execute(update(FollowUp).where(col(FollowUp.id) == found.id).values(**ended))
    await uow.cancel("watch_follow_up", key=str(found.id))
    uow.emit(FollowUpClosed(follow_up_id=found.id, customer_id=found.customer_id, issue=found.issue, outcome=outcome, closed_at=uow.now))


async def watch_follow_up(uow: UnitOfWork, job: DueJob) -> None:
    """Half of the promised time is over, or all of it, or a day more: remind, then escalate, until somebody acts."""
    found = await repository.known_follow_up(uow, UUID(job.key))
    if found is None or found.state == "closed":
        return
    left = [datetime.fromisoformat(moment) for moment in job.payload["next"]]
    reminder = len(left) == 2  # noqa: PLR2004 - the first of three steps
    if not (reminder and found.acknowledged_at is not None):
        owner = found.owner if reminder else found.escalate_to or found.owner
        level = found.escalation + 1
        changed = {"escalation": level, "owner": owner, "version": found.version + 1}
        await uow.execute(update(FollowUp).where(col(FollowUp.id) == found.id).values(**changed))
        uow.emit(
            FollowUpEscalated(
                follow_up_id=found.id, customer_id=found.customer_id, level=level, owner=owner, department=found.department, due_at=found.due_at
            ),
        )
    if left:
        await uow.schedule(job.kind, key=job.key, at=left[0], payload={"next": [moment.isoformat() for moment in left[1:]]})
