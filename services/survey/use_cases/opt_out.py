"""A customer does not want to be asked again."""

from typing import Literal
from uuid import UUID

from services.kit.db import Tx, UnitOfWork
from services.survey.contract import SurveyOptedOut
from services.survey.models import Invitation
from services.survey.models.told import Telling
from services.survey.repository import asking, known, told
from services.survey.use_cases.answer_link import LinkDead

StopChannel = Literal["email", "sms", "message", "any"]
ASKING_CHANNELS: tuple[StopChannel, ...] = ("email", "sms", "message")


async def living_stop_link(tx: Tx, stop_hash: str) -> Invitation | Telling:
    """Return what a stop link came with; raises LinkDead. It works as long as that exists."""
    found = await asking.invitation_by_hash(tx, stop_hash=stop_hash) or await told.telling_by_stop_hash(tx, stop_hash)
    if found is None:
        raise LinkDead("This link cannot be used.")
    return found


async def opt_out(uow: UnitOfWork, stop_hash: str, channel: StopChannel) -> None:
    """Note the refusal at once and take back what is not sent yet; twice is once."""
    await refuse(uow, (await living_stop_link(uow, stop_hash)).customer_id, channel)


async def refuse(uow: UnitOfWork, customer_id: UUID, channel: StopChannel) -> None:
    """Note that a customer does not want to be asked by this channel, whichever way they said so."""
    latest = {(word.purpose, word.channel): word.granted for word in await known.words_of(uow, [customer_id])}
    for purpose in ("survey", "service"):
        await known.hear_word(uow, customer_id, purpose, channel, granted=False, said_at=uow.now)
    await asking.withdraw_invitations(uow, [customer_id], channel=None if channel == "any" else channel)
    if latest.get(("survey", channel)) is not False:
        uow.emit(SurveyOptedOut(customer_id=customer_id, channel=channel))
