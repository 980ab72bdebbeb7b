"""What we know about asking one person, for that person, and taking their answers back."""

from dataclasses import dataclass
from uuid import UUID

from services.kit.db import Tx, UnitOfWork
from services.survey.contract import SurveyResponseWithdrawn
from services.survey.domain.design import Questionnaire
from services.survey.models import ConsentWord, Invitation, KnownCustomer, Response
from services.survey.repository import answering, asking, known
from services.survey.use_cases.answer_link import LinkDead

MOST_SHOWN = 100
"""Asks, newest first; far more than anybody gets."""


@dataclass(frozen=True, slots=True)
class Mine:
    """Everything that survey keeps about asking one person."""

    invitation: Invitation
    customer: KnownCustomer | None
    asks: list[Invitation]
    responses: dict[UUID, Response]
    """By the invitation's id."""
    surveys: dict[tuple[str, int], Questionnaire]
    words: list[ConsentWord]


async def show_mine(tx: Tx, invitation_id: UUID) -> Mine:
    """Return it; raises LinkDead when the invitation is not there or its customer was erased."""
    found = await asking.invitations(tx, {"id": invitation_id}, None, 1)
    customer = await known.customer(tx, found[0].customer_id) if found else None
    if not found or (customer is not None and customer.erased_at is not None):
        raise LinkDead("This link cannot be used.")
    person = await known.person_of(tx, found[0].customer_id)
    asks = await asking.invitations_of(tx, person, MOST_SHOWN)
    responses = await asking.responses_of(tx, person, MOST_SHOWN)
    surveys = {
        key: Questionnaire.model_validate((await asking.survey(tx, *key)).definition)
        for key in sorted({(one.survey, one.survey_version) for one in responses})
    }
    by_invitation = {one.invitation_id: one for one in responses if one.invitation_id}
    return Mine(found[0], customer, asks, by_invitation, surveys, await known.words_of(tx, person))


async def delete_mine(uow: UnitOfWork, invitation_id: UUID) -> int:
    """Take the person's words away and cut their scores off from them; return how many answers that were. Twice is once."""
    mine = await show_mine(uow, invitation_id)
    person = await known.person_of(uow, mine.invitation.customer_id)
    found = await asking.responses_of(uow, person, MOST_SHOWN)
    await answering.disconnect(uow, found)
    for one in found:
        if one.customer_id is not None:
            uow.emit(SurveyResponseWithdrawn(response_id=one.id, customer_id=one.customer_id, withdrawn_at=uow.now))
    return len(found)
