"""What a result shows of an article, a guide or a peer answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
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


def _of(table: Any) -> Select[Any]:
    columns = [col(getattr(table, name)) for name in ("id", "title", "plain", "language", "version")]
    return select(*columns).where(col(table.id).in_(bindparam("ids", expanding=True)))


_STATEMENTS = {Kind.ARTICLE.value: _of(Article), Kind.GUIDE.value: _of(Guide), Kind.PEER_ANSWER.value: _of(PeerAnswer)}
"""Built once: to put one together for each search took longer than to run it."""


async def heads(tx: Tx, kinds: Mapping[UUID, str]) -> dict[UUID, Head]:
    """Return the heads of these pieces, one statement for each kind that occurs."""
    found: dict[UUID, Head] = {}
    for kind in sorted(set(kinds.values())):
        ids = sorted(one for one, its in kinds.items() if its == kind)
        rows = (await tx.run(_STATEMENTS[kind], {"ids": ids})).mappings()
        found |= {row["id"]: Head(row["title"], row["plain"], row["language"], row["version"]) for row in rows}
    return found
