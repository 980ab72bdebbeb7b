"""Say what survey told in words of the timeline; answers also tell how the customer stands to us."""

from uuid import UUID

from services.customers.domain.mood import Score, Verdict, of_answer, worst, worst_score
from services.customers.domain.timeline import EntryKind, SubjectKind, named
from services.customers.use_cases.judge_standing import judge_saying
from services.customers.use_cases.note_fact import Fact
from services.kit.db import UnitOfWork
from services.kit.events import Envelope
from services.survey.contract import GivenAnswer, SurveyAnswered, SurveyInvited, SurveyOptedOut, SurveySkipped

_NOTED = ("response_id", "invitation_id", "programme", "survey", "survey_version", "mode", "language", "wants_contact", "flagged")


def invited(event: SurveyInvited, _told: Envelope) -> Fact:
    """A customer was asked."""
    data = event.model_dump(exclude={"customer_id"})
    title = f"Asked for feedback ({event.channel}, survey {event.survey})"
    return Fact(EntryKind.SURVEY_INVITED, title, event.invited_at, event.customer_id, data)


def skipped(event: SurveySkipped, told: Envelope) -> Fact:
    """A customer was not asked, and why."""
    data = event.model_dump(exclude={"customer_id"})
    title = named("Not asked for feedback", event.reason)
    return Fact(EntryKind.SURVEY_SKIPPED, title, told.occurred_at, event.customer_id, data, subject=_contact(event.contact_id))


def answered(event: SurveyAnswered, _told: Envelope) -> Fact:
    """A customer answered: scores are noted, words stay with survey and feedback."""
    data = {
        **{name: getattr(event, name) for name in _NOTED},
        "answers": [answer.model_dump(exclude={"text"}) for answer in event.answers],
        "has_comment": event.comment is not None,
        "contact_id": event.attribution.contact_id,
        "follow_up_id": event.attribution.follow_up_id,
    }
    title = named(f"Answered survey {event.survey}", _words(_judge(event.answers)[0]))
    subject = _contact(event.attribution.contact_id)
    return Fact(EntryKind.SURVEY_ANSWERED, title, event.answered_at, event.customer_id, data, subject=subject)


async def judge_answer(uow: UnitOfWork, event: SurveyAnswered, customer_id: UUID | None) -> None:
    """Take the answers into account; those that look like a scanner's judge nobody."""
    score, verdict = _judge(event.answers)
    if customer_id is not None and verdict is not None and not event.flagged:
        because = named(f"The customer answered survey {event.survey}", _words(score))
        await judge_saying(uow, customer_id, verdict, event.answered_at, because, score=score)


def opted_out(event: SurveyOptedOut, told: Envelope) -> Fact:
    """A customer does not want to be asked again."""
    title = f"Does not want to be asked again ({event.channel})"
    return Fact(EntryKind.SURVEY_OPTED_OUT, title, told.occurred_at, event.customer_id, {"channel": event.channel})


def _judge(answers: list[GivenAnswer]) -> tuple[Score | None, Verdict | None]:
    """Return the worst score and what the answers mean together; `not resolved` is bad, `resolved` alone does not yet make happy."""
    scores = [score for answer in answers if answer.score is not None and (score := of_answer(answer.kind, answer.score))]
    verdicts = [score.verdict for score in scores]
    verdicts += [Verdict.BAD if answer.choice == "no" else Verdict.FAIR for answer in answers if answer.kind == "resolved" and answer.choice]
    return worst_score(scores), worst(verdicts)


def _words(score: Score | None) -> str | None:
    return None if score is None else f"{score.score:g} of {score.scale_max:g}"


def _contact(contact_id: UUID | None) -> tuple[SubjectKind, UUID] | None:
    return None if contact_id is None else (SubjectKind.CONTACT, contact_id)
