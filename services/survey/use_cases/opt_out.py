"""A customer does not want to be asked again."""

from typing import Literal

from services.kit.db import Tx, UnitOfWork
from services.survey.contract import SurveyOptedOut
from services.survey.models import Invitation
from services.survey.repository import asking, known
from services.survey.use_cases.answer_link import LinkDead


async def living_stop_link(tx: Tx, stop_hash: str) -> Invitation:
    """Return the invitation of a stop link; raises LinkDead. It works as long as the invitation exists."""
    invitation = await asking.invitation_by_hash(tx, stop_hash=stop_hash)
    if invitation is None:
        raise LinkDead("This link cannot be used.")
    return invitation


async def opt_out(uow: UnitOfWork, stop_hash: str, channel: Literal["email", "any"]) -> None:
    """Note the refusal at once and take back what is not sent yet; twice is once."""
    customer_id = (await living_stop_link(uow, stop_hash)).customer_id
    latest = {(word.purpose, word.channel): word.granted for word in await known.words_of(uow, [customer_id])}
    for purpose in ("survey", "service"):
        await known.hear_word(uow, customer_id, purpose, channel, granted=False, said_at=uow.now)
    await asking.withdraw_invitations(uow, [customer_id], channel=None if channel == "any" else channel)
    if latest.get(("survey", channel)) is not False:
        uow.emit(SurveyOptedOut(customer_id=customer_id, channel=channel))
