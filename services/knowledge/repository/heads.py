"""Statements that read what results show of articles, guides and peer answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, null, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.domain.head import Head
from services.knowledge.domain.standing import Kind
from services.knowledge.models import Article, Guide, PeerAnswer


def _of(table: Any) -> Select[Any]:
    columns: list[Any] = [col(getattr(table, name)) for name in ("id", "title", "plain", "language", "version")]
    review = col(Article.review_at) if table is Article else null()
    return select(*columns, review.label("review_at")).where(col(table.id).in_(bindparam("ids", expanding=True)))


_STATEMENTS = {Kind.ARTICLE.value: _of(Article), Kind.GUIDE.value: _of(Guide), Kind.PEER_ANSWER.value: _of(PeerAnswer)}
"""Built once: to put one together for each search took longer than to run it."""


async def heads(tx: Tx, kinds: Mapping[UUID, str]) -> dict[UUID, Head]:
    """Return the heads of these pieces, one statement for each kind that occurs."""
    found: dict[UUID, Head] = {}
    for kind in sorted(set(kinds.values())):
        ids = sorted(one for one, its in kinds.items() if its == kind)
        rows = (await tx.run(_STATEMENTS[kind], {"ids": ids})).mappings()
        found |= {row["id"]: Head(row["title"], row["plain"], row["language"], row["version"], row["review_at"]) for row in rows}
    return found
