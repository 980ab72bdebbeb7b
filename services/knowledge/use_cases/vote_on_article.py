"""Customers say whether an article helped."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import AntiphonError
from services.kit.fields import Command
from services.knowledge.domain.visitors import caller_of, stand_ins
from services.knowledge.models import ArticleVote
from services.knowledge.repository.articles import published_article, voters_of, votes_by
from services.knowledge.repository.self_service import session

A_DAY = timedelta(days=1)
MOST_VOTES_A_DAY = 30
"""Articles that one visitor votes on in a day."""


class TooManyArticleVotes(AntiphonError):
    """Nobody reads thirty articles in a day."""

    status = 429
    code = "too_many_article_votes"
    retryable = True


class VoteOnArticle(Command):
    """One visitor has one vote an article. Without a session, or with one in which nobody looked for anything, it is one vote an address and day."""

    helpful: bool
    session_id: UUID | None = None


async def vote_on_article(uow: UnitOfWork, article_id: UUID, command: VoteOnArticle, address: str | None) -> None:
    """Store the vote, or change it. Raises ArticleNotFound unless customers may read the article, and TooManyArticleVotes."""
    await published_article(uow, article_id)
    visitor = await _visitor(uow, article_id, command.session_id, caller_of(address))
    vote = {"article_id": article_id, "session_id": visitor, "helpful": command.helpful, "voted_at": uow.now}
    await uow.upsert(ArticleVote, vote, key=("article_id", "session_id"))


async def _visitor(uow: UnitOfWork, article_id: UUID, session_id: UUID | None, caller: str | None) -> UUID:
    """Return who votes: an invented session counts no more than none, or one person could be as many as they like."""
    known = session_id is not None and await session(uow, session_id) is not None
    instead = stand_ins(caller, uow.now.date(), uow.secret("article votes"))
    if caller is None and not known:
        taken = await voters_of(uow, article_id, instead)
        return _allowed([one for one in instead if one not in taken])
    visitor = session_id if known and session_id is not None else instead[0]
    votes = await votes_by(uow, visitor, uow.now - A_DAY, besides=article_id)
    return _allowed([visitor] if votes < MOST_VOTES_A_DAY else [])


def _allowed(visitors: Sequence[UUID]) -> UUID:
    if not visitors:
        raise TooManyArticleVotes("Enough votes for today. Thank you; come back tomorrow.", retry_after_s=int(A_DAY.total_seconds()))
    return visitors[0]
