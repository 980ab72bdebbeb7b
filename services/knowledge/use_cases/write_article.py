"""Write an article, or rewrite one."""

from typing import Self
from uuid import UUID

from pydantic import model_validator

from services.kit.db import UnitOfWork
from services.kit.errors import StaleVersion
from services.kit.fields import Body, Code, Command, Language, Line
from services.kit.ids import new_id
from services.knowledge.domain.lifecycle import ArticleState, Audience
from services.knowledge.models import Article
from services.knowledge.repository.articles import article as article_by_id
from services.knowledge.repository.articles import settle_flags
from services.knowledge.repository.similar import similar_article
from services.knowledge.use_cases.keep_article import SECTIONS, actor, keep_article


class WriteArticle(Command):
    """The text of an article; the sections are Markdown."""

    title: Line
    problem: Body | None = None
    environment: Body | None = None
    cause: Body | None = None
    resolution: Body | None = None
    language: Language
    product: Line | None = None
    driver: Code | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((getattr(self, name) or "").strip() for name in SECTIONS):
            raise ValueError("needs at least one of problem, environment, cause and resolution")
        return self


async def write_article(uow: UnitOfWork, command: WriteArticle) -> Article:
    """Store a new article for agents: not validated when it has a resolution, work in progress while it has none."""
    state = ArticleState.NOT_VALIDATED if (command.resolution or "").strip() else ArticleState.WORK_IN_PROGRESS
    article = blank_article(uow).model_copy(update={**command.model_dump(), "state": state.value, "author": actor(uow)})
    return await keep_article(uow, await compared(uow, article), reason="created", by=actor(uow), text_changed=True)


async def rewrite_article(uow: UnitOfWork, article_id: UUID, command: WriteArticle, expected: int) -> Article:
    """Replace the text of an article and settle its flags; raises StaleVersion when it changed since it was read."""
    article = await article_by_id(uow, article_id)
    if article.version != expected:
        raise StaleVersion(f"Article {article_id} is at version {article.version}, not {expected}. Read it again.")
    await settle_flags(uow, article_id)
    return await keep_article(uow, article.model_copy(update=command.model_dump()), reason="edited", by=actor(uow), text_changed=True)


def blank_article(uow: UnitOfWork) -> Article:
    """Return an article without words, for agents only, that is not stored yet."""
    return Article(
        id=new_id(),
        title="",
        problem=None,
        environment=None,
        cause=None,
        resolution=None,
        html={},
        plain="",
        language="",
        state=ArticleState.WORK_IN_PROGRESS.value,
        audience=Audience.INTERNAL.value,
        product=None,
        driver=None,
        case_id=None,
        customer_id=None,
        source=None,
        author="",
        owner=None,
        review_at=None,
        published_at=None,
        similar_to=None,
        similarity=None,
        version=0,
        created_at=uow.now,
        changed_at=uow.now,
    )


async def compared(uow: UnitOfWork, article: Article) -> Article:
    """Return the article with the one that should be reused instead of it, if there is one."""
    text = "\n".join([article.title, *(getattr(article, name) or "" for name in SECTIONS)])
    similar = await similar_article(uow, article.id, text, article.language)
    return article.model_copy(update={"similar_to": similar[0] if similar else None, "similarity": similar[1] if similar else None})
