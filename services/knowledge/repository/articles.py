"""Statements about articles, their versions, and what people say about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, distinct, func, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.knowledge.contract import ArticleUseView
from services.knowledge.domain.lifecycle import ArticleState, Audience
from services.knowledge.models import Article, ArticleFlag, ArticleLink, ArticleVersion, ArticleVote


class ArticleNotFound(NotFound):
    """There is no article with this id, or it is not meant for you."""

    code = "article_not_found"


async def article(tx: Tx, article_id: UUID) -> Article:
    """Return an article; raises ArticleNotFound."""
    found = await tx.first(select(Article).where(col(Article.id) == article_id), Article)
    if found is None:
        raise ArticleNotFound(f"There is no article {article_id}.")
    return found


async def published_article(tx: Tx, article_id: UUID) -> Article:
    """Return an article that customers may read; raises ArticleNotFound for any other, so that nobody learns that it exists."""
    found = await tx.first(select(Article).where(col(Article.id) == article_id, *published()), Article)
    if found is None:
        raise ArticleNotFound(f"There is no article {article_id}.")
    return found


def published() -> tuple[ColumnElement[bool], ...]:
    """Return what makes an article readable by customers: meant for them and validated."""
    return col(Article.audience) == Audience.CUSTOMER.value, col(Article.state) == ArticleState.VALIDATED.value


async def article_of_case(tx: Tx, case_id: UUID) -> Article | None:
    """Return the article that was written up from a case."""
    return await tx.first(select(Article).where(col(Article.case_id) == case_id), Article)


async def articles(tx: Tx, *, state: str | None, product: str | None, before: UUID | None, limit: int) -> list[Article]:
    """Return articles, newest first (ids grow with time)."""
    wanted = select(Article).order_by(col(Article.id).desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(col(Article.state) == state)
    if product is not None:
        wanted = wanted.where(col(Article.product) == product)
    if before is not None:
        wanted = wanted.where(col(Article.id) < before)
    return await tx.all(wanted, Article)


async def articles_after(tx: Tx, *, after: UUID | None, limit: int) -> list[Article]:
    """Return articles that are not archived, oldest first."""
    wanted = select(Article).where(col(Article.state) != ArticleState.ARCHIVED.value).order_by(col(Article.id)).limit(limit)
    return await tx.all(wanted if after is None else wanted.where(col(Article.id) > after), Article)


async def articles_from(tx: Tx, sources: Sequence[str]) -> dict[str, Article]:
    """Return the articles that were imported under these names."""
    found: dict[str, Article] = {}
    for start in range(0, len(sources), 500):
        some = select(Article).where(col(Article.source).in_(sources[start : start + 500]))
        found |= {one.source: one for one in await tx.all(some, Article) if one.source is not None}
    return found


async def versions(tx: Tx, article_id: UUID, *, before: int | None, limit: int) -> list[ArticleVersion]:
    """Return what an article was, newest first; raises ArticleNotFound."""
    wanted = select(ArticleVersion).where(col(ArticleVersion.article_id) == article_id)
    if before is not None:
        wanted = wanted.where(col(ArticleVersion.version) < before)
    found = await tx.all(wanted.order_by(col(ArticleVersion.version).desc()).limit(limit), ArticleVersion)
    if not found:
        await article(tx, article_id)
    return found


async def link_of(tx: Tx, article_id: UUID, solved: str) -> ArticleLink | None:
    """Return the link of an article to one case or contact."""
    return await tx.first(
        select(ArticleLink).where(col(ArticleLink.article_id) == article_id, col(ArticleLink.solved) == solved),
        ArticleLink,
    )


async def flags(tx: Tx, article_id: UUID, *, limit: int) -> list[ArticleFlag]:
    """Return complaints about an article, newest first; raises ArticleNotFound."""
    await article(tx, article_id)
    wanted = select(ArticleFlag).where(col(ArticleFlag.article_id) == article_id)
    return await tx.all(wanted.order_by(col(ArticleFlag.id).desc()).limit(limit), ArticleFlag)


async def settle_flags(uow: UnitOfWork, article_id: UUID) -> None:
    """Close the complaints about an article: somebody has just rewritten it."""
    open_ones = update(ArticleFlag).where(col(ArticleFlag.article_id) == article_id, col(ArticleFlag.settled_at).is_(None))
    await uow.execute(open_ones.values(settled_at=uow.now))


async def voters_of(tx: Tx, article_id: UUID, sessions: Sequence[UUID]) -> set[UUID]:
    """Return which of these sessions voted on an article."""
    wanted = select(col(ArticleVote.session_id)).where(col(ArticleVote.article_id) == article_id, col(ArticleVote.session_id).in_(sessions))
    return {row["session_id"] for row in await tx.rows(wanted)}


async def votes_by(tx: Tx, session_id: UUID, since: datetime, *, besides: UUID) -> int:
    """Return on how many articles, one left out, a session voted since then."""
    mine = (col(ArticleVote.session_id) == session_id, col(ArticleVote.voted_at) > since, col(ArticleVote.article_id) != besides)
    return int(await tx.scalar(select(func.count()).select_from(ArticleVote).where(*mine)))


async def use_of(tx: Tx, article_id: UUID) -> ArticleUseView:
    """Return what reuse and readers say about an article; raises ArticleNotFound."""
    author = (await article(tx, article_id)).author
    colleague = case((col(ArticleLink.linked_by) != author, col(ArticleLink.linked_by)))
    links = (await tx.rows(_of(ArticleLink, article_id, func.count().label("links"), func.count(distinct(colleague)).label("people"))))[0]
    helpful = func.coalesce(func.sum(case((col(ArticleVote.helpful), 1), else_=0)), 0)
    votes = (await tx.rows(_of(ArticleVote, article_id, func.count().label("votes"), helpful.label("helpful"))))[0]
    open_flags = await tx.scalar(_of(ArticleFlag, article_id, func.count()).where(col(ArticleFlag.settled_at).is_(None)))
    return ArticleUseView(
        article_id=article_id,
        links=links["links"],
        people=links["people"],
        helpful=int(votes["helpful"]),
        unhelpful=votes["votes"] - int(votes["helpful"]),
        open_flags=open_flags,
    )


def _of(table: type[ArticleLink | ArticleVote | ArticleFlag], article_id: UUID, *what: ColumnElement[Any]) -> Any:
    return select(*what).select_from(table).where(col(table.article_id) == article_id)
