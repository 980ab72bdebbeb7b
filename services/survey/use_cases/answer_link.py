"""A customer sent the page of a link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.survey.contract import Attribution
from services.survey.domain.answers import read_sheet
from services.survey.domain.design import AfterAnswer, Questionnaire
from services.survey.domain.honesty import Flag
from services.survey.models import Invitation, KnownCustomer, Response, SurveyVersion
from services.survey.repository import answering, asking, known
from services.survey.use_cases.record_response import Given, record_response, replace_response

OPEN_STATES = frozenset({"queued", "sent"})
ANSWERED = "answered"


class LinkDead(NotFound):
    """The link was used, has expired or was never ours; which of these is not said."""

    code = "link_dead"


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What the page of a living link shows."""

    invitation: Invitation
    survey: SurveyVersion
    customer: KnownCustomer | None


async def open_invitation(tx: Tx, token_hash: str) -> OpenInvitation:
    """Return the invitation that may still be answered, or answered again where the survey says so; raises LinkDead."""
    invitation = await asking.invitation_by_hash(tx, token_hash=token_hash)
    if invitation is None or invitation.state not in {*OPEN_STATES, ANSWERED} or invitation.expires_at <= tx.now:
        raise LinkDead("This link cannot be used.")
    survey = await asking.survey(tx, invitation.survey, invitation.survey_version)
    if invitation.state == ANSWERED and survey.definition.get("after_answer") != AfterAnswer.LATEST.value:
        raise LinkDead("This link cannot be used.")
    return OpenInvitation(invitation, survey, await known.customer(tx, invitation.customer_id))


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What was sent from the page, read by the door."""

    token_hash: str
    given: Mapping[str, str]
    language: str
    contact_channel: str | None
    contact_time: str | None
    flags: Sequence[Flag]


async def answer_link(uow: UnitOfWork, sent: PageAnswer) -> Response:
    """Record the answer of a link. Raises LinkDead, AlreadyAnswered (the other of two at one moment was first) or AnswersRefused."""
    opened = await open_invitation(uow, sent.token_hash)
    sheet = read_sheet(Questionnaire.model_validate(opened.survey.definition), sent.given)
    given = Given(
        survey=opened.survey,
        sheet=sheet,
        mode="page",
        language=sent.language,
        contact_channel=sent.contact_channel,
        contact_time=sent.contact_time,
        flags=sent.flags,
        answered_at=uow.now,
        customer_id=opened.invitation.customer_id,
        attribution=Attribution.model_validate(opened.invitation.attribution),
        invitation=opened.invitation,
    )
    if opened.invitation.state != ANSWERED:
        return await record_response(uow, given)
    old = await answering.lock_response_to(uow, opened.invitation.id)
    if old is None:  # the customer deleted it
        raise LinkDead("This link cannot be used.")
    return await replace_response(uow, old, given)
