"""Say how far an article may be trusted, and who may read it."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Command
from services.knowledge.domain.lifecycle import ArticleState, Audience
from services.knowledge.models import Article
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.use_cases.keep_article import actor, keep_article


class ArticleIncomplete(Refused):
    """An article without a resolution cannot be validated: it would promise an answer that it does not have."""

    code = "article_incomplete"


class SetArticleState(Command):
    """The new standing; an audience that is not named stays."""

    state: ArticleState
    audience: Audience | None = None


async def set_article_state(uow: UnitOfWork, article_id: UUID, command: SetArticleState) -> Article:
    """Change state and audience; the same again changes nothing. Raises ArticleIncomplete."""
    article = await article_by_id(uow, article_id)
    standing = {"state": command.state.value, "audience": (command.audience or Audience(article.audience)).value}
    if standing == {"state": article.state, "audience": article.audience}:
        return article
    if command.state == ArticleState.VALIDATED and not article.resolution:
        raise ArticleIncomplete(f"Article {article_id} has no resolution yet. Write it, then validate the article.", pointer="/state")
    return await keep_article(uow, article.model_copy(update=standing), reason="state_set", by=actor(uow), text_changed=False)
