"""Note that an article solved something; reuse by several people validates it."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Command
from services.kit.ids import new_id
from services.knowledge.contract import ArticleLinked
from services.knowledge.domain.lifecycle import ArticleState, promoted_by_reuse
from services.knowledge.models import Article, ArticleLink
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.repository.articles import link_of, use_of
from services.knowledge.repository.cases import customer_of_case
from services.knowledge.use_cases.keep_article import keep_article


class ArticleArchived(Conflict):
    """An archived article is out of use; link the one that replaced it, or take it back to work in progress."""

    code = "article_archived"


class LinkArticle(Command):
    """What was solved: a case or a contact."""

    case_id: UUID | None = None
    contact_id: UUID | None = None
    customer_id: UUID | None = None

    @model_validator(mode="after")
    def _solved_one_thing(self) -> Self:
        if (self.case_id is None) == (self.contact_id is None):
            raise ValueError("needs either case_id or contact_id")
        return self

    @property
    def solved(self) -> str:
        """Return the name of what was solved."""
        return f"case:{self.case_id}" if self.case_id else f"contact:{self.contact_id}"


async def link_article(uow: UnitOfWork, article_id: UUID, command: LinkArticle, by: str) -> ArticleLink:
    """Link once: the same again returns the first link. Raises ArticleNotFound and ArticleArchived."""
    article = await article_by_id(uow, article_id)
    if article.state == ArticleState.ARCHIVED:
        raise ArticleArchived(f"Article {article_id} is archived.")
    command = await _with_customer(uow, command)
    link = ArticleLink(id=new_id(), article_id=article_id, solved=command.solved, **command.model_dump(), linked_by=by, linked_at=uow.now)
    if not await uow.insert_ignore(ArticleLink, link.model_dump()):
        return await link_of(uow, article_id, command.solved) or link
    uow.emit(
        ArticleLinked(
            article_id=article_id,
            title=article.title,
            case_id=command.case_id,
            contact_id=command.contact_id,
            customer_id=command.customer_id,
            by=by,
            linked_at=uow.now,
        ),
    )
    await _promote(uow, article)
    return link


async def _with_customer(uow: UnitOfWork, command: LinkArticle) -> LinkArticle:
    if command.customer_id is not None or command.case_id is None:
        return command
    return command.model_copy(update={"customer_id": await customer_of_case(uow, command.case_id)})


async def _promote(uow: UnitOfWork, article: Article) -> None:
    use = await use_of(uow, article.id)
    if promoted_by_reuse(
        article.state,
        colleagues=use.people,
        open_flags=use.open_flags,
        has_resolution=article.resolution is not None,
    ):
        validated = article.model_copy(update={"state": ArticleState.VALIDATED.value})
        await keep_article(uow, validated, reason="promoted_by_reuse", by="antiphon", text_changed=False)
