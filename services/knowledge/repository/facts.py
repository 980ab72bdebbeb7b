"""What counts for an article besides its words: its standing, how often it was reused, whether a review is overdue."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.models import Article, ArticleLink, IndexedArticle
from services.knowledge.repository.ground import Ground


class Facts(NamedTuple):
    """Of one article, guide or peer answer."""

    standing: str
    links: int
    """Cases and contacts that it solved."""
    overdue: bool


_LINKED = select(func.count()).where(col(ArticleLink.article_id) == col(IndexedArticle.article_id)).scalar_subquery()
_OVERDUE = func.coalesce(col(Article.review_at) < bindparam("now"), False)
_FACTS = (
    select(col(IndexedArticle.article_id), col(IndexedArticle.standing), _LINKED.label("links"), _OVERDUE.label("overdue"))
    .join(Article, col(Article.id) == col(IndexedArticle.article_id), isouter=True)
    .where(col(IndexedArticle.article_id).in_(bindparam("ids", expanding=True)))
)
"""Built once: to put it together for each search took longer than to run it."""
_LINKS = {
    "sqlite": "SELECT article_id, count(*) FROM article_link WHERE article_id IN (SELECT value FROM json_each($1)) GROUP BY article_id",
    "postgresql": "SELECT article_id, count(*) FROM article_link WHERE article_id = ANY ($1::uuid[]) GROUP BY article_id",
}


async def facts(tx: Tx, articles: Collection[UUID], seen: Ground) -> dict[UUID, Facts]:
    """Return it of those that the searcher may see."""
    if not articles:
        return {}
    found = (await tx.run(_FACTS, {"ids": sorted(articles), "now": tx.now})).mappings()
    return {row["article_id"]: Facts(row["standing"], row["links"], bool(row["overdue"])) for row in found if row["standing"] in seen.standings}


async def links(tx: Tx, articles: Collection[UUID]) -> dict[UUID, int]:
    """Return how many cases and contacts each of these solved; those that solved none are absent."""
    if not articles:
        return {}
    if tx.dialect_name == "sqlite":
        rows = await tx.peek(_LINKS["sqlite"], orjson.dumps([one.hex for one in articles]).decode())
        return {UUID(hex=row[0]): row[1] for row in rows}
    return {row[0]: row[1] for row in await tx.peek(_LINKS["postgresql"], list(articles))}
