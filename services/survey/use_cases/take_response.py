"""Take an answer that did not come from the page: asked by an agent, by telephone keys, on paper, in a portal."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, NotFound
from services.kit.fields import Code, Command, Instant, Language
from services.survey.contract import Attribution
from services.survey.domain.answers import read_sheet
from services.survey.domain.design import Questionnaire
from services.survey.models import Invitation, Response
from services.survey.repository import asking, known
from services.survey.use_cases.record_response import AnswersRefused, Given, record_response

NOWHERE = Attribution.model_validate(dict.fromkeys(Attribution.model_fields))


class ContactUnknown(NotFound):
    """No contact with this id has ended, as far as survey knows."""

    code = "survey_contact_unknown"


class InvitationWithdrawn(Conflict):
    """The invitation was taken back; nobody may answer it any more."""

    code = "invitation_withdrawn"


class TakeResponse(Command):
    """An answer sheet. With `invitation_id` the invitation says whose it is, what it is about and which questions were asked."""

    survey: Code
    mode: Literal["email", "sms", "agent", "ivr", "interview", "paper", "portal"]
    language: Language
    answers: Annotated[dict[Code, Annotated[str, StringConstraints(max_length=5000)]], Field(min_length=1, max_length=50)]
    """Question key to value: the step of the scale as digits, a choice code, a text, or `yes` for contact_me."""
    invitation_id: UUID | None = None
    contact_id: UUID | None = None
    customer_id: UUID | None = None
    contact_channel: Literal["voice", "email", "message"] | None = None
    contact_time: Literal["any", "morning", "afternoon", "evening"] | None = None
    answered_at: Instant | None = None
    """None means now."""
    complete: bool = True
    """False for a sheet that was broken off: what was answered is kept, and required answers may be missing."""


async def take_response(uow: UnitOfWork, command: TakeResponse) -> Response:
    """Record the sheet under the same rules as the page's; raises NotFound kinds, AnswersRefused and AlreadyAnswered."""
    invitation = await asking.invitation(uow, command.invitation_id) if command.invitation_id else None
    if invitation and invitation.state == "withdrawn":
        raise InvitationWithdrawn(f"Invitation {invitation.id} was taken back.", pointer="/invitation_id")
    if invitation and invitation.survey != command.survey:
        raise AnswersRefused(f"Invitation {invitation.id} asks survey {invitation.survey}.", pointer="/survey")
    survey = await asking.survey(uow, command.survey, invitation.survey_version if invitation else None)
    customer_id, attribution = await _about(uow, command, invitation)
    return await record_response(
        uow,
        Given(
            survey=survey,
            sheet=read_sheet(Questionnaire.model_validate(survey.definition), command.answers, complete=command.complete),
            mode=command.mode,
            language=command.language,
            contact_channel=command.contact_channel,
            contact_time=command.contact_time,
            flags=[],
            answered_at=min(command.answered_at or uow.now, uow.now),
            customer_id=customer_id,
            attribution=attribution,
            invitation=invitation,
            complete=command.complete,
        ),
    )


async def _about(uow: UnitOfWork, command: TakeResponse, invitation: Invitation | None) -> tuple[UUID | None, Attribution]:
    """Return whose answer it is and the attribution that was frozen at the end of the contact."""
    if invitation:
        return invitation.customer_id, Attribution.model_validate(invitation.attribution)
    if command.contact_id is None:
        return command.customer_id, NOWHERE
    contact = await known.contact(uow, command.contact_id)
    if contact is None or contact.attribution is None:
        raise ContactUnknown(f"Contact {command.contact_id} has not ended yet, or is not known.", pointer="/contact_id")
    return command.customer_id or contact.customer_id, Attribution.model_validate(contact.attribution)
