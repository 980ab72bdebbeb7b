"""What became of a message: a carrier took it, refused it, was away, or did not say."""

from datetime import timedelta
from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.carrying import ASK
from services.survey.models import Invitation
from services.survey.models.asked import SendAttempt
from services.survey.repository import asking, sending
from services.survey.use_cases.prepare_message import REMIND, SENDING, UNKNOWN, next_channel
from services.survey.use_cases.rules_of import rules_of
from services.survey.use_cases.tell_settled import SENT, tell_settled

ACCEPTED = "accepted"
PATIENT_TRIES = 5
"""So often a carrier that is away is asked before the next channel is tried."""


async def message_taken(uow: UnitOfWork, invitation_id: UUID, attempt: SendAttempt, reference: str | None) -> None:
    """A carrier has it: the invitation is sent, its reminders are planned. A report that was faster, or an answer, stays."""
    current = await sending.lock_attempt(uow, invitation_id, attempt.purpose, attempt.channel)
    if current is not None and current.state in {SENDING, UNKNOWN}:
        await sending.settle_attempt(uow, attempt.id, ACCEPTED, reference=reference)
    if attempt.purpose == ASK:
        if await asking.change_invitation(uow, invitation_id, only_in=["queued"], state="sent", sent_at=uow.now):
            await _plan_reminders(uow, invitation_id)
            await tell_settled(uow, invitation_id, SENT)
        return
    invitation = await sending.lock_invitation(uow, invitation_id)
    if invitation is not None and len(invitation.reminded_at) < _number(attempt.purpose):
        reminded = [*invitation.reminded_at, uow.now.isoformat()]
        await asking.change_invitation(uow, invitation_id, only_in=[invitation.state], reminded_at=reminded)


async def message_refused(uow: UnitOfWork, invitation_id: UUID, attempt: SendAttempt, reason: str) -> None:
    """A carrier will never take it: the next channel of the ladder is tried, unless an earlier try may have arrived."""
    invitation = await sending.lock_invitation(uow, invitation_id)
    current = await sending.lock_attempt(uow, invitation_id, attempt.purpose, attempt.channel)
    if invitation is None or current is None or current.state not in {SENDING, UNKNOWN}:
        return
    if current.state == UNKNOWN:
        await _assume_sent(uow, invitation, attempt.purpose)
        return
    await next_channel(uow, invitation, attempt.purpose, reason)


async def carrier_away(uow: UnitOfWork, invitation_id: UUID, attempt: SendAttempt, reason: str) -> bool:
    """Note it; return True when the same is to be tried again later, False when the next channel was chosen."""
    invitation = await sending.lock_invitation(uow, invitation_id)
    current = await sending.lock_attempt(uow, invitation_id, attempt.purpose, attempt.channel)
    if invitation is None or current is None or current.state not in {SENDING, UNKNOWN}:
        return False
    if current.state == SENDING and current.tries >= PATIENT_TRIES and await _has_other_way(uow, invitation):
        await next_channel(uow, invitation, attempt.purpose, reason)
        return False
    await sending.settle_attempt(uow, attempt.id, current.state, reason=reason)
    return True


async def carrier_unsure(uow: UnitOfWork, attempt: SendAttempt, reason: str) -> None:
    """It may have arrived: from now on only the same key by the same channel may be tried."""
    await sending.settle_attempt(uow, attempt.id, UNKNOWN, reason=reason)


async def _plan_reminders(uow: UnitOfWork, invitation_id: UUID) -> None:
    invitation = await asking.invitation(uow, invitation_id)
    rules = rules_of(await asking.programme(uow, invitation.programme))
    for number, reminder in enumerate(rules.reminders, start=1):
        moment = uow.now + timedelta(days=reminder.after_days)
        if moment < invitation.expires_at:
            await uow.schedule(REMIND, key=f"{invitation.id}.reminder_{number}", at=moment)


async def _has_other_way(uow: UnitOfWork, invitation: Invitation) -> bool:
    ladder = [channel.value for channel in rules_of(await asking.programme(uow, invitation.programme)).channels]
    return invitation.channel in ladder[:-1]


async def _assume_sent(uow: UnitOfWork, invitation: Invitation, purpose: str) -> None:
    """An earlier try may have arrived: nobody is asked a second time, and the link works."""
    if purpose == ASK and await asking.change_invitation(uow, invitation.id, only_in=["queued"], state="sent", sent_at=uow.now):
        await _plan_reminders(uow, invitation.id)
        await tell_settled(uow, invitation.id, SENT)


def _number(purpose: str) -> int:
    return int(purpose.rpartition("_")[2])
