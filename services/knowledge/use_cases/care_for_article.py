"""Say who keeps an article right and when it is looked at again; look at it with the checklist."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import StaleVersion
from services.kit.fields import Command, Instant, Line, Name
from services.kit.ids import new_id
from services.knowledge.domain.masking import mask_optional
from services.knowledge.domain.standard import Criterion
from services.knowledge.models import Article, ArticleCheck
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.use_cases.keep_article import actor, keep_article


class CareForArticle(Command):
    """What is not named becomes unset."""

    owner: Name | None = None
    review_at: Instant | None = None


class CheckArticle(Command):
    """Answers to the criteria; leave out what was not looked at."""

    answers: Annotated[dict[Criterion, bool], Field(min_length=1)]
    note: Line | None = None


async def care_for_article(uow: UnitOfWork, article_id: UUID, command: CareForArticle, expected: int) -> Article:
    """Set owner and review day; raises StaleVersion."""
    article = await article_by_id(uow, article_id)
    if article.version != expected:
        raise StaleVersion(f"Article {article_id} is at version {article.version}, not {expected}. Read it again.")
    cared = article.model_copy(update=command.model_dump())
    return await keep_article(uow, cared, reason="cared_for", by=actor(uow), text_changed=False)


async def check_article(uow: UnitOfWork, article_id: UUID, command: CheckArticle) -> ArticleCheck:
    """Store what a colleague saw in the present version; raises ArticleNotFound."""
    article = await article_by_id(uow, article_id)
    check = ArticleCheck(
        id=new_id(),
        article_id=article_id,
        article_version=article.version,
        answers={name.value: holds for name, holds in command.answers.items()},
        note=mask_optional(command.note),
        checked_by=actor(uow),
        checked_at=uow.now,
    )
    await uow.insert(ArticleCheck, check.model_dump())
    return check
