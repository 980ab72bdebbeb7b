"""Statements that make knowledge forget a customer. What was counted stays; words and links to the person go."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.models import Article, ArticleFlag, ArticleLink, ArticleVersion, HelpQuery, HelpSession, OpenCase, Posting, Word


async def articles_about(tx: Tx, customer_id: UUID) -> list[Article]:
    """Return the articles that were written up from this customer's cases."""
    return await tx.all(select(Article).where(col(Article.customer_id) == customer_id).order_by(col(Article.id)), Article)


async def forget_words(uow: UnitOfWork, customer_id: UUID) -> None:
    """Blank what the customer typed, and cut every link to the person."""
    cases = select(col(OpenCase.case_id)).where(col(OpenCase.customer_id) == customer_id)
    written = select(col(Article.case_id)).where(col(Article.customer_id) == customer_id)
    flagged = col(ArticleFlag.case_id)
    await uow.execute(update(ArticleFlag).where(flagged.in_(cases) | flagged.in_(written)).values(note=None))
    await uow.execute(delete(OpenCase).where(col(OpenCase.customer_id) == customer_id))
    sessions = select(col(HelpSession.id)).where(col(HelpSession.customer_id) == customer_id)
    await uow.execute(update(HelpQuery).where(col(HelpQuery.session_id).in_(sessions)).values(query="", query_key=""))
    await uow.execute(update(HelpSession).where(col(HelpSession.customer_id) == customer_id).values(customer_id=None, customer_keys=[]))
    await uow.execute(update(ArticleLink).where(col(ArticleLink.customer_id) == customer_id).values(customer_id=None))


async def forget_drafts(uow: UnitOfWork, article_ids: Sequence[UUID]) -> None:
    """Blank the wordings that nobody had checked yet, and unlearn the words that stood nowhere else."""
    unchecked = col(ArticleVersion.state) == ArticleState.WORK_IN_PROGRESS.value
    blank = update(ArticleVersion).where(col(ArticleVersion.article_id).in_(article_ids), unchecked)
    await uow.execute(blank.values(title="", problem=None, environment=None, cause=None, resolution=None))
    held = select(col(Posting.article_id)).where(col(Posting.term) == col(Word.term)).exists()
    await uow.execute(delete(Word).where(~held))
