"""The last look before a letter leaves: the mail server may have been away for hours since we decided to ask."""

from dataclasses import dataclass
from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.consent import Word, latest_word
from services.survey.domain.programme import Rules
from services.survey.domain.timing import next_decent_moment
from services.survey.models import Invitation, KnownCustomer
from services.survey.repository import asking, known
from services.survey.use_cases.advance_decision import zone_for
from services.survey.use_cases.judge_decision import SEND


@dataclass(frozen=True, slots=True)
class Addressed:
    """An invitation that may leave now."""

    invitation: Invitation
    customer: KnownCustomer
    address: str


async def prepare_letter(uow: UnitOfWork, invitation_id: UUID) -> Addressed | None:
    """Return the letter to send; None when nobody wants it any more (it is withdrawn) or when it is no decent hour (it is put off)."""
    invitation = await asking.invitation(uow, invitation_id)
    if invitation.state != "queued" or invitation.expires_at <= uow.now:
        return None
    customer = await known.customer(uow, invitation.customer_id)
    rules = Rules.model_validate((await asking.programme(uow, invitation.programme)).rules)
    if customer is None or customer.email is None or await _refused(uow, invitation, rules):
        await asking.change_invitation(uow, invitation.id, only_in=["queued"], state="withdrawn")
        return None
    moment = next_decent_moment(uow.now, zone_for(customer, rules), rules.window)
    if moment > uow.now:
        await uow.schedule(SEND, key=str(invitation.id), at=moment)
        return None
    return Addressed(invitation, customer, customer.email)


async def _refused(uow: UnitOfWork, invitation: Invitation, rules: Rules) -> bool:
    said = await known.words_of(uow, await known.person_of(uow, invitation.customer_id))
    words = [Word(word.purpose, word.channel, word.granted, word.said_at) for word in said]
    word = latest_word(words, rules.purpose, invitation.channel)
    return word is not None and not word.granted
