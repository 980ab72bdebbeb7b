"""Record what a customer answered, whichever way the answer came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.ids import new_id
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered
from services.survey.domain.answers import Sheet
from services.survey.domain.honesty import Flag
from services.survey.models import Invitation, Response, SurveyVersion
from services.survey.repository import answering, asking

KEEP_PARTIAL = "keep_partial"


class AlreadyAnswered(Conflict):
    """An invitation is answered once; the first answer stands."""

    code = "already_answered"


class AnswersRefused(Refused):
    """The answers do not fit the questions of the survey; nothing was recorded."""

    code = "answers_refused"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer sheet with all that belongs to it."""

    survey: SurveyVersion
    sheet: Sheet
    mode: str
    language: str
    contact_channel: str | None
    contact_time: str | None
    flags: Sequence[Flag]
    answered_at: datetime
    customer_id: UUID | None
    attribution: Attribution
    invitation: Invitation | None
    """None when nobody was invited (asked by an agent, at a kiosk, on paper)."""
    complete: bool = True


async def record_response(uow: UnitOfWork, given: Given) -> Response:
    """Store the sheet, freeze the survey version, tell the others. Raises AnswersRefused and AlreadyAnswered, and then nothing is changed."""
    if given.sheet.problems:
        key, problem = next(iter(given.sheet.problems.items()))
        raise AnswersRefused(f"Question {key} of survey {given.survey.key}: {problem}.", pointer=f"/answers/{key}")
    response = _response(given)
    if not await uow.insert_ignore(Response, response.model_dump()):
        raise AlreadyAnswered(f"Invitation {response.invitation_id} is answered already.", pointer="/invitation_id")
    await asking.freeze_survey(uow, given.survey.key, given.survey.version)
    if given.invitation:
        await asking.change_invitation(uow, given.invitation.id, only_in=["queued", "sent"], state="answered", answered_at=given.answered_at)
        if given.complete:
            await uow.cancel(KEEP_PARTIAL, key=str(given.invitation.id))
    uow.emit(told_of(response))
    return response


def _response(given: Given) -> Response:
    asked = given.invitation
    wants_contact = given.sheet.wants_contact
    return Response.model_validate(
        {
            "id": new_id(),
            "invitation_id": asked.id if asked else None,
            "programme": asked.programme if asked else None,
            "survey": given.survey.key,
            "survey_version": given.survey.version,
            "customer_id": given.customer_id,
            "contact_id": given.attribution.contact_id,
            "mode": given.mode,
            "language": given.language,
            "answers": [answer.model_dump() for answer in answers_of(given.sheet)],
            "comment": given.sheet.comment,
            "wants_contact": wants_contact,
            "contact_channel": given.contact_channel if wants_contact else None,
            "contact_time": given.contact_time if wants_contact else None,
            "inclusion_probability": asked.inclusion_probability if asked else None,
            "attribution": given.attribution.model_dump(mode="json"),
            "flags": [flag.value for flag in given.flags],
            "complete": given.complete,
            "revision": 1,
            "answered_at": given.answered_at,
            "version": 1,
        }
    )


def answers_of(sheet: Sheet) -> list[GivenAnswer]:
    """Return the answers of a sheet as they are stored and told."""
    return [
        GivenAnswer(
            question=answer.question.key,
            dimension=answer.question.dimension.value,
            kind=answer.question.kind.value,
            score=answer.score,
            choice=answer.choice,
            text=answer.text,
        )
        for answer in sheet.answers
    ]


def told_of(response: Response) -> SurveyAnswered:
    """Return what the others are told of a response as it is stored."""
    told = response.model_dump(exclude={"id", "contact_id", "flags", "version"})
    return SurveyAnswered.model_validate({**told, "response_id": response.id, "flagged": bool(response.flags)})


async def replace_response(uow: UnitOfWork, old: Response, given: Given) -> Response:
    """Let the latest answer of an invitation count; the flags stay, so that a doubtful answer does not become trusted by being sent twice."""
    fresh = _response(given)
    flags = sorted({*old.flags, *fresh.flags})
    taken = ("mode", "language", "answers", "comment", "wants_contact", "contact_channel", "contact_time", "complete", "answered_at")
    changed = await answering.revise(uow, old, **{name: getattr(fresh, name) for name in taken}, flags=flags)
    uow.emit(told_of(changed))
    return changed
