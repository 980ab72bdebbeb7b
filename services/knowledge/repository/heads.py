"""What a result shows of an article, a guide or a peer answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.domain.standing import Kind
from services.knowledge.domain.vectors import text_parts
from services.knowledge.models import Article, Guide, PeerAnswer


@dataclass(frozen=True, slots=True)
class Head:
    """Title, words and language of one piece of knowledge."""

    title: str
    plain: str
    language: str
    version: int

    def parts(self) -> list[str]:
        """Return its text as it is embedded."""
        return text_parts(self.title, self.plain) if self.title or self.plain else []


_TABLES: Mapping[str, Any] = {Kind.ARTICLE.value: Article, Kind.GUIDE.value: Guide, Kind.PEER_ANSWER.value: PeerAnswer}


async def heads(tx: Tx, kinds: Mapping[UUID, str]) -> dict[UUID, Head]:
    """Return the heads of these pieces, one statement for each kind that occurs."""
    found: dict[UUID, Head] = {}
    for kind in sorted(set(kinds.values())):
        found |= await _of(tx, _TABLES[kind], sorted(one for one, its in kinds.items() if its == kind))
    return found


async def _of(tx: Tx, table: Any, ids: Sequence[UUID]) -> dict[UUID, Head]:
    columns = [col(getattr(table, name)) for name in ("id", "title", "plain", "language", "version")]
    rows = await tx.rows(select(*columns).where(col(table.id).in_(ids)))
    return {row["id"]: Head(row["title"], row["plain"], row["language"], row["version"]) for row in rows}
