"""Every SQL statement about messages that leave, and about what carriers tell of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.ids import new_id
from services.survey.domain.telling import TELLING
from services.survey.models import Invitation, KnownContact
from services.survey.models.asked import ReportHeard, SendAttempt
from services.survey.models.told import Telling

REMEMBERED = timedelta(days=2)
"""How long the id of a heard report is kept; its signature dies after five minutes."""


async def begin_attempt(uow: UnitOfWork, invitation_id: UUID, purpose: str, channel: str, address: str) -> SendAttempt:
    """Return the attempt of this message by this channel, with one more try."""
    fresh = {"id": new_id(), "invitation_id": invitation_id, "purpose": purpose, "channel": channel, "address": address, "state": "sending"}
    empty = {"tries": 0, "reference": None, "reason": None, "started_at": uow.now, "settled_at": None}
    await uow.insert_ignore(SendAttempt, {**fresh, **empty})
    mine = (col(SendAttempt.invitation_id) == invitation_id, col(SendAttempt.purpose) == purpose, col(SendAttempt.channel) == channel)
    await uow.execute(update(SendAttempt).where(*mine).values(tries=col(SendAttempt.tries) + 1))
    found = await uow.first(select(SendAttempt).where(*mine), SendAttempt)
    if found is None:
        raise RuntimeError("the attempt that was just noted is not there")
    return found


async def settle_attempt(uow: UnitOfWork, attempt_id: UUID, state: str, *, reference: str | None = None, reason: str | None = None) -> None:
    """Note what became of a message."""
    values: dict[str, object] = {"state": state, "reason": reason, "settled_at": uow.now}
    if reference is not None:
        values["reference"] = reference
    await uow.execute(update(SendAttempt).where(col(SendAttempt.id) == attempt_id).values(**values))


async def attempts(tx: Tx, invitation_id: UUID) -> list[SendAttempt]:
    """Return every message of an invitation, in their order."""
    wanted = select(SendAttempt).where(col(SendAttempt.invitation_id) == invitation_id)
    return await tx.all(wanted.order_by(col(SendAttempt.started_at), col(SendAttempt.id)).limit(100), SendAttempt)


async def lock_attempt(uow: UnitOfWork, invitation_id: UUID, purpose: str, channel: str) -> SendAttempt | None:
    """Return one message under a row lock, or None."""
    mine = (col(SendAttempt.invitation_id) == invitation_id, col(SendAttempt.purpose) == purpose, col(SendAttempt.channel) == channel)
    return await uow.first(select(SendAttempt).where(*mine).with_for_update(), SendAttempt)


async def lock_invitation(uow: UnitOfWork, invitation_id: UUID) -> Invitation | None:
    """Return an invitation under a row lock, or None: of a report and a sender only one goes on."""
    return await uow.first(select(Invitation).where(col(Invitation.id) == invitation_id).with_for_update(), Invitation)


async def newest_sent_to(tx: Tx, channel: str, address: str, *, asks_alone: bool = False) -> SendAttempt | None:
    """Return the newest message that a carrier took to this address, or None; with `asks_alone` the newest that may be answered."""
    taken: tuple[Any, ...] = (
        col(SendAttempt.channel) == channel,
        col(SendAttempt.address) == address,
        col(SendAttempt.state).in_(["accepted", "delivered", "unknown"]),
    )
    if asks_alone:
        taken = (*taken, col(SendAttempt.purpose) != TELLING)
    return await tx.first(select(SendAttempt).where(*taken).order_by(col(SendAttempt.started_at).desc()).limit(1), SendAttempt)


async def hear_once(uow: UnitOfWork, message_id: str) -> bool:
    """Remember a signed message; False when it was heard before. Old ones are forgotten on the way."""
    await uow.execute(delete(ReportHeard).where(col(ReportHeard.heard_at) < uow.now - REMEMBERED))
    return await uow.insert_ignore(ReportHeard, {"id": message_id, "heard_at": uow.now})


async def last_message_contact(tx: Tx, customer_ids: Sequence[UUID]) -> datetime | None:
    """Return when these customers last ended a contact by messaging, or None."""
    mine = (col(KnownContact.customer_id).in_(customer_ids), col(KnownContact.channel) == "message", col(KnownContact.ended_at).is_not(None))
    found = await tx.first(select(KnownContact).where(*mine).order_by(col(KnownContact.ended_at).desc()).limit(1), KnownContact)
    return found.ended_at if found else None


async def forget_addresses(uow: UnitOfWork, customer_ids: Sequence[UUID]) -> int:
    """Blank the addresses of everything that was sent to these customers; return how many rows that were."""
    asked = select(Invitation.id).where(col(Invitation.customer_id).in_(customer_ids))
    told = select(Telling.id).where(col(Telling.customer_id).in_(customer_ids))
    theirs = or_(col(SendAttempt.invitation_id).in_(asked), col(SendAttempt.invitation_id).in_(told))
    return await uow.execute(update(SendAttempt).where(theirs).values(address=""))
