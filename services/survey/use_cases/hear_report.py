"""A provider tells what became of a message that it took."""

from typing import Literal
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.fields import Command, Reference
from services.survey.domain.carrying import ASK
from services.survey.domain.telling import TELLING
from services.survey.repository import sending
from services.survey.use_cases.prepare_message import REFUSED, next_channel
from services.survey.use_cases.settle_telling import DELIVERED, telling_reported

UNDELIVERED = "undelivered"


class DeliveryReport(Command):
    """What a provider tells about a message that it took."""

    key: Reference
    """The `key` that the message came with."""
    channel: Literal["sms", "message", "email"]
    state: Literal["delivered", "refused"]
    reason: Reference | None = None


async def hear_report(uow: UnitOfWork, message_id: str, report: DeliveryReport) -> int:
    """Believe a signed report once; return how many messages it changed. One that comes late, or for a message not ours, changes none."""
    found = _addressed(report.key) if await sending.hear_once(uow, message_id) else None
    if found is None:
        return 0
    why_not = (report.reason or UNDELIVERED) if report.state != DELIVERED else None
    if found[1] == TELLING:
        return await telling_reported(uow, found[0], report.channel, why_not)
    return await _message_reported(uow, *found, report.channel, why_not)


async def _message_reported(uow: UnitOfWork, invitation_id: UUID, purpose: str, channel: str, why_not: str | None) -> int:
    """Believe it of an ask or a reminder; `why_not` None says that it was delivered."""
    invitation = await sending.lock_invitation(uow, invitation_id)
    attempt = await sending.lock_attempt(uow, invitation_id, purpose, channel) if invitation is not None else None
    if invitation is None or attempt is None or attempt.state in {DELIVERED, REFUSED}:
        return 0
    if why_not is None:
        await sending.settle_attempt(uow, attempt.id, DELIVERED)
    elif invitation.state in {"queued", "sent"} and invitation.channel == channel:
        await next_channel(uow, invitation, attempt.purpose, why_not)
    else:
        await sending.settle_attempt(uow, attempt.id, REFUSED, reason=why_not)
    return 1


def _addressed(key: str) -> tuple[UUID, str] | None:
    text, _, purpose = key.partition(".")
    try:
        return UUID(text), purpose or ASK
    except ValueError:
        return None
