"""Customers say whether an article helped."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.fields import Command
from services.kit.ids import new_id
from services.knowledge.models import ArticleVote
from services.knowledge.repository.articles import published_article


class VoteOnArticle(Command):
    """One visitor has one vote an article; without a session the vote stands alone."""

    helpful: bool
    session_id: UUID | None = None


async def vote_on_article(uow: UnitOfWork, article_id: UUID, command: VoteOnArticle) -> None:
    """Store the vote, or change it; raises ArticleNotFound unless customers may read the article."""
    await published_article(uow, article_id)
    vote = {"article_id": article_id, "session_id": command.session_id or new_id(), "helpful": command.helpful, "voted_at": uow.now}
    await uow.upsert(ArticleVote, vote, key=("article_id", "session_id"))
