"""Customers search and read for themselves; what they tried is kept, so that nobody has to ask them again."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.knowledge.contract import HelpSearchView, SearchView
from services.knowledge.domain.analysis import terms
from services.knowledge.domain.masking import mask
from services.knowledge.models import Article, HelpOpening, HelpQuery
from services.knowledge.repository.articles import published_article
from services.knowledge.repository.search import Question
from services.knowledge.repository.self_service import note_driver, touch_session


async def note_help_search(uow: UnitOfWork, question: Question, session_id: UUID | None, found: SearchView) -> HelpSearchView:
    """Log the question with the number of results, in the visitor's session or in a new one; without a likely answer it is a gap."""
    session = session_id or new_id()
    await touch_session(uow, session, question.language)
    await log_query(uow, session, question, answers(found))
    return HelpSearchView(session_id=session, query=found.query, answered=found.answered, results=found.results, corrections=found.corrections)


def answers(found: SearchView) -> int:
    """Return how many results count: none when not one of them is likely to be an answer."""
    return len(found.results) if found.answered else 0


async def open_help_article(uow: UnitOfWork, article_id: UUID, session_id: UUID | None) -> Article:
    """Return a published article and note that the visitor opened it; raises ArticleNotFound for any other."""
    article = await published_article(uow, article_id)
    if session_id is not None:
        await touch_session(uow, session_id, article.language)
        await note_driver(uow, session_id, article.driver)
        await uow.insert_ignore(HelpOpening, {"session_id": session_id, "article_id": article_id, "opened_at": uow.now})
    return article


async def log_query(uow: UnitOfWork, session_id: UUID, question: Question, results: int | None) -> None:
    """Keep a question, personal data masked; `results` is None when it was searched elsewhere."""
    query = mask(question.text)
    row = {
        "id": new_id(),
        "session_id": session_id,
        "query": query,
        "query_key": " ".join(sorted(set(terms(query, question.language or "en")))),
        "language": question.language,
        "results": results,
        "searched_at": uow.now,
    }
    await uow.insert(HelpQuery, row)
