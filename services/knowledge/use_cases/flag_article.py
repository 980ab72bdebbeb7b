"""Say that an article is wrong, unclear or out of date."""

from enum import StrEnum
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.fields import Command, Line
from services.kit.ids import new_id
from services.knowledge.domain.masking import mask_optional
from services.knowledge.models import ArticleFlag
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.use_cases.keep_article import actor


class FlagReason(StrEnum):
    """What is the matter."""

    WRONG = "wrong"
    UNCLEAR = "unclear"
    OUT_OF_DATE = "out_of_date"
    DUPLICATE = "duplicate"


class FlagArticle(Command):
    """A complaint; an open one keeps the article from being validated by reuse."""

    reason: FlagReason
    note: Line | None = None


async def flag_article(uow: UnitOfWork, article_id: UUID, command: FlagArticle) -> ArticleFlag:
    """Store the complaint against the present version; raises ArticleNotFound."""
    article = await article_by_id(uow, article_id)
    flag = ArticleFlag(
        id=new_id(),
        article_id=article_id,
        article_version=article.version,
        reason=command.reason.value,
        note=mask_optional(command.note),
        case_id=None,
        flagged_by=actor(uow),
        flagged_at=uow.now,
        settled_at=None,
    )
    await uow.insert(ArticleFlag, flag.model_dump())
    return flag
