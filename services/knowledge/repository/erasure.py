"""Statements that make knowledge forget a customer. What was counted stays; words and links to the person go."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.models import (
    Article,
    ArticleFlag,
    ArticleLink,
    ArticleVersion,
    ErasedCustomer,
    GuideRun,
    HeardContact,
    HelpQuery,
    HelpSession,
    OpenCase,
    PeerAnswer,
    Posting,
    Word,
)


async def articles_about(tx: Tx, customer_id: UUID) -> list[Article]:
    """Return the articles that were written up from this customer's cases."""
    return await tx.all(select(Article).where(col(Article.customer_id) == customer_id).order_by(col(Article.id)), Article)


async def peer_answers_by(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Return the ids of what this customer told others."""
    sessions = select(col(HelpSession.id)).where(col(HelpSession.customer_id) == customer_id)
    return [row["id"] for row in await tx.rows(select(col(PeerAnswer.id)).where(col(PeerAnswer.session_id).in_(sessions)))]


async def sessions_of(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Return the ids of the customer's visits to the self-service."""
    return [row["id"] for row in await tx.rows(select(col(HelpSession.id)).where(col(HelpSession.customer_id) == customer_id))]


async def is_erased(tx: Tx, customer_id: UUID | None) -> bool:
    """Say whether we have forgotten this customer: what comes late is not kept."""
    if customer_id is None:
        return False
    return await tx.scalar(select(col(ErasedCustomer.customer_id)).where(col(ErasedCustomer.customer_id) == customer_id)) is not None


async def forget_words(uow: UnitOfWork, customer_id: UUID) -> int:
    """Blank what the customer typed, and cut every link to the person; returns how many rows were touched."""
    await uow.insert_ignore(ErasedCustomer, {"customer_id": customer_id, "erased_at": uow.now})
    cases = select(col(OpenCase.case_id)).where(col(OpenCase.customer_id) == customer_id)
    written = select(col(Article.case_id)).where(col(Article.customer_id) == customer_id)
    flagged = col(ArticleFlag.case_id)
    sessions = select(col(HelpSession.id)).where(col(HelpSession.customer_id) == customer_id)
    runs = select(col(GuideRun.id)).where(or_(col(GuideRun.customer_id) == customer_id, col(GuideRun.session_id).in_(sessions)))
    blank = {"title": "", "text": "", "html": "", "plain": "", "display_name": None, "reason": None, "state": "withdrawn"}
    statements = [
        update(ArticleFlag).where(flagged.in_(cases) | flagged.in_(written)).values(note=None),
        delete(OpenCase).where(col(OpenCase.customer_id) == customer_id),
        update(HelpQuery).where(col(HelpQuery.session_id).in_(sessions)).values(query="", query_key=""),
        update(PeerAnswer).where(col(PeerAnswer.session_id).in_(sessions)).values(**blank),
        update(GuideRun).where(col(GuideRun.id).in_(runs)).values(customer_id=None),
        update(HeardContact).where(col(HeardContact.customer_id) == customer_id).values(customer_id=None),
        update(HelpSession).where(col(HelpSession.customer_id) == customer_id).values(customer_id=None, customer_keys=[]),
        update(ArticleLink).where(col(ArticleLink.customer_id) == customer_id).values(customer_id=None),
    ]
    return sum([await uow.execute(statement) for statement in statements])


async def forget_drafts(uow: UnitOfWork, article_ids: Sequence[UUID]) -> None:
    """Blank the wordings that nobody had checked yet, and unlearn the words that stood nowhere else."""
    unchecked = col(ArticleVersion.state) == ArticleState.WORK_IN_PROGRESS.value
    blank = update(ArticleVersion).where(col(ArticleVersion.article_id).in_(article_ids), unchecked)
    await uow.execute(blank.values(title="", problem=None, environment=None, cause=None, resolution=None))
    held = select(col(Posting.article_id)).where(col(Posting.term) == col(Word.term)).exists()
    await uow.execute(delete(Word).where(~held))
