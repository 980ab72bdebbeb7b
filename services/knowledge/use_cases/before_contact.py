"""The contact form: answers are offered for what is written there, unless this visitor is held out; and what solved it is noted."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.fields import View
from services.knowledge.contract import FoundArticle, SearchView
from services.knowledge.domain.hold_out import is_held_out
from services.knowledge.repository.search import Question
from services.knowledge.repository.self_service import change_session, session, touch_session
from services.knowledge.use_cases.search_help import answers, log_query


class BeforeContactView(View):
    """What is offered in the contact form."""

    session_id: UUID
    results: list[FoundArticle]
    """Empty for visitors who are held out."""
    held_out: bool


async def before_contact(uow: UnitOfWork, session_id: UUID, question: Question, found: SearchView, hold_out: float) -> BeforeContactView:
    """Note that the form was opened, once, with the group that the session belongs to; the same session always gets the same."""
    await touch_session(uow, session_id, question.language)
    known = await session(uow, session_id)
    first = known is None or known.asked_contact_at is None
    held_out = is_held_out(session_id, hold_out, uow.secret("help hold-out")) if first else bool(known and known.held_out)
    if first:
        await change_session(uow, session_id, asked_contact_at=uow.now, held_out=held_out)
    await log_query(uow, session_id, question, None if held_out else answers(found))
    return BeforeContactView(session_id=session_id, results=[] if held_out else found.results, held_out=held_out)


async def mark_solved(uow: UnitOfWork, session_id: UUID) -> None:
    """Note that the visitor's problem is solved; the first saying counts."""
    await touch_session(uow, session_id, None)
    known = await session(uow, session_id)
    if known is not None and known.solved_at is None:
        await change_session(uow, session_id, solved_at=uow.now)
