"""A customer adds words to an answer, where the survey allows it; what was said before is kept."""

from services.kit.db import UnitOfWork
from services.survey.contract import GivenAnswer
from services.survey.domain.answers import LONGEST_TEXT
from services.survey.domain.design import AfterAnswer, Dimension, Kind, Questionnaire
from services.survey.models import Response
from services.survey.repository import answering, asking
from services.survey.use_cases.answer_link import LinkDead
from services.survey.use_cases.record_response import told_of

ADDED = "added"
"""The key under which added words stand among the answers."""


async def add_words(uow: UnitOfWork, token_hash: str, words: str) -> Response:
    """Add words once to an answer whose scores are settled. Raises LinkDead when the survey does not allow it or it was done already."""
    invitation = await asking.invitation_by_hash(uow, token_hash=token_hash)
    if invitation is None or invitation.state != "answered" or invitation.expires_at <= uow.now:
        raise LinkDead("This link cannot be used.")
    survey = await asking.survey(uow, invitation.survey, invitation.survey_version)
    old = await answering.lock_response_to(uow, invitation.id)
    may_add = Questionnaire.model_validate(survey.definition).after_answer is AfterAnswer.COMMENT
    if old is None or not may_add or old.revision > 1:
        raise LinkDead("This link cannot be used.")
    return await append_words(uow, old, words)


async def append_words(uow: UnitOfWork, old: Response, words: str) -> Response:
    """Put words behind an answer; what it said before is kept as a revision."""
    text = words.strip()[:LONGEST_TEXT]
    said = GivenAnswer(question=ADDED, dimension=Dimension.OPEN.value, kind=Kind.TEXT.value, score=None, choice=None, text=text)
    comment = f"{old.comment}\n\n{text}" if old.comment else text
    changed = await answering.revise(uow, old, answers=[*old.answers, said.model_dump()], comment=comment)
    uow.emit(told_of(changed))
    return changed
