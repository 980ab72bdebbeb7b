"""What became of a telling on its way: a carrier took it, refused it, was away, or reported later."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.telling import TELLING
from services.survey.models.asked import SendAttempt
from services.survey.models.told import Telling
from services.survey.repository import sending, told
from services.survey.use_cases.plan_telling import TELL
from services.survey.use_cases.prepare_message import REFUSED, SENDING, UNKNOWN
from services.survey.use_cases.prepare_telling import tell_settled
from services.survey.use_cases.settle_message import ACCEPTED, PATIENT_TRIES

DELIVERED = "delivered"


async def telling_taken(uow: UnitOfWork, telling_id: UUID, attempt: SendAttempt, reference: str | None) -> None:
    """A carrier has it: the customer is told."""
    telling, current = await _locked(uow, telling_id, attempt.channel)
    if current is not None and current.state in {SENDING, UNKNOWN}:
        await sending.settle_attempt(uow, current.id, ACCEPTED, reference=reference)
    if telling is not None and telling.state == told.QUEUED:
        await _told(uow, telling)


async def telling_refused(uow: UnitOfWork, telling_id: UUID, attempt: SendAttempt, reason: str) -> None:
    """A carrier will never take it: the next channel is tried, unless an earlier try may have arrived."""
    telling, current = await _locked(uow, telling_id, attempt.channel)
    if telling is None or current is None or current.state not in {SENDING, UNKNOWN}:
        return
    if current.state == UNKNOWN:
        await _told(uow, telling)
        return
    await _next_channel(uow, telling, current, reason)


async def telling_carrier_away(uow: UnitOfWork, telling_id: UUID, attempt: SendAttempt, reason: str, channels: int) -> bool:
    """Note it; return True when the same is to be tried again later, False when another of the house's `channels` has its turn."""
    telling, current = await _locked(uow, telling_id, attempt.channel)
    if telling is None or current is None or current.state not in {SENDING, UNKNOWN}:
        return False
    others_left = len(await sending.attempts(uow, telling.id)) < channels
    if current.state == SENDING and current.tries >= PATIENT_TRIES and others_left:
        await _next_channel(uow, telling, current, reason)
        return False
    await sending.settle_attempt(uow, current.id, current.state, reason=reason)
    return True


async def telling_reported(uow: UnitOfWork, telling_id: UUID, channel: str, why_not: str | None) -> int:
    """Believe what a provider reports about a message that it took (`why_not` None: it was delivered); return how many messages it changed."""
    telling, current = await _locked(uow, telling_id, channel)
    if telling is None or current is None or current.state in {DELIVERED, REFUSED}:
        return 0
    if why_not is None:
        await sending.settle_attempt(uow, current.id, DELIVERED)
        if telling.state == told.QUEUED:  # the report was faster than we
            await _told(uow, telling)
    elif telling.state in {told.QUEUED, told.TOLD} and telling.channel == channel:
        await _next_channel(uow, telling, current, why_not)
    else:
        await sending.settle_attempt(uow, current.id, REFUSED, reason=why_not)
    return 1


async def _locked(uow: UnitOfWork, telling_id: UUID, channel: str) -> tuple[Telling | None, SendAttempt | None]:
    return await told.lock(uow, telling_id), await sending.lock_attempt(uow, telling_id, TELLING, channel)


async def _told(uow: UnitOfWork, telling: Telling) -> None:
    await told.change(uow, telling.id, state=told.TOLD, reason=None, settled_at=uow.now)
    tell_settled(uow, telling, told.TOLD, channel=telling.channel, language=telling.language)


async def _next_channel(uow: UnitOfWork, telling: Telling, attempt: SendAttempt, reason: str) -> None:
    """Note why this one failed and have the telling looked at again: whatever way is left is found there."""
    await sending.settle_attempt(uow, attempt.id, REFUSED, reason=reason)
    await told.change(uow, telling.id, state=told.QUEUED, settled_at=None)
    await uow.schedule(TELL, key=str(telling.id), at=uow.now)
