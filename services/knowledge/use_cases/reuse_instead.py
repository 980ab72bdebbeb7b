"""Take the article that already exists instead of a draft that says the same."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Command
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.models import Article
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.use_cases.keep_article import actor, keep_article
from services.knowledge.use_cases.link_article import LinkArticle, link_article


class NotADraft(Conflict):
    """Only a draft gives way to another article; archive a finished one by its state."""

    code = "not_a_draft"


class ReuseInstead(Command):
    """The article that stays."""

    article_id: UUID


async def reuse_instead(uow: UnitOfWork, draft_id: UUID, command: ReuseInstead) -> Article:
    """Archive the draft, link its case to the article that stays, and return that article; raises NotADraft."""
    draft = await article_by_id(uow, draft_id)
    if draft.state != ArticleState.WORK_IN_PROGRESS or draft_id == command.article_id:
        raise NotADraft(f"Article {draft_id} cannot give way to article {command.article_id}.", pointer="/article_id")
    if draft.case_id is not None:
        link = LinkArticle(case_id=draft.case_id, customer_id=draft.customer_id)
        await link_article(uow, command.article_id, link, actor(uow))
    archived = draft.model_copy(update={"state": ArticleState.ARCHIVED.value, "similar_to": command.article_id})
    await keep_article(uow, archived, reason="reused_instead", by=actor(uow), text_changed=False)
    return await article_by_id(uow, command.article_id)
