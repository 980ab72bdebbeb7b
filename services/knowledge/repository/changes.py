"""Which articles changed in the index since a process last looked, without a lock that writers would have to wait for.

On PostgreSQL a change is stamped with the number of its transaction, and a reader reads on from the oldest transaction that was under way when it
last looked: nothing that commits late is missed, some things are told twice. On SQLite there is one writer, so that a counter is enough.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.domain.segments import Placed
from services.knowledge.domain.standing import decode
from services.knowledge.models import IndexedArticle, Posting
from services.knowledge.repository.heads import heads

_NOTE = {
    "sqlite": """INSERT INTO kb_change (article_id, stamp) VALUES ($1, (SELECT coalesce(max(stamp), 0) + 1 FROM kb_change))
        ON CONFLICT (article_id) DO UPDATE SET stamp = excluded.stamp""",
    "postgresql": """INSERT INTO kb_change (article_id, stamp) VALUES ($1, pg_current_xact_id()::text::bigint)
        ON CONFLICT (article_id) DO UPDATE SET stamp = greatest(excluded.stamp, kb_change.stamp + 1)""",
}
_CHANGED = {
    "sqlite": "SELECT article_id, stamp, stamp + 1 FROM kb_change WHERE stamp >= $1 ORDER BY stamp",
    "postgresql": "SELECT article_id, stamp, pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM kb_change WHERE stamp >= $1 ORDER BY stamp",
}
_PRESENT = {
    "sqlite": "SELECT coalesce(max(stamp), 0) + 1 FROM kb_change",
    "postgresql": "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
}
_FROM_ANOTHER_SERVER = "UPDATE kb_change SET stamp = $1 WHERE stamp > $1"
PAGE = 20_000
_AT_ONCE = 500


async def note_change(uow: UnitOfWork, article_id: UUID) -> None:
    """Note that the index rows of an article change in this transaction."""
    await uow.raw(_NOTE[uow.dialect_name], article_id.hex if uow.dialect_name == "sqlite" else article_id)


async def present_mark(tx: Tx) -> int:
    """Return from where on to read changes, for who reads everything after this."""
    return int((await tx.raw(_PRESENT[tx.dialect_name]))[0][0])


async def mend_stamps(uow: UnitOfWork) -> None:
    """After a restore on another server its transactions may have smaller numbers than the stamps: bring these down."""
    if uow.dialect_name == "postgresql":
        await uow.raw(_FROM_ANOTHER_SERVER, await present_mark(uow))


async def changed_since(tx: Tx, mark: int) -> tuple[list[tuple[UUID, int]], int]:
    """Return articles with stamps since a mark, the oldest first, and the mark to go on from."""
    rows = await tx.peek(_CHANGED[tx.dialect_name], mark)
    return [(_id(row[0]), row[1]) for row in rows], max((row[2] for row in rows), default=mark)


async def placed(tx: Tx, article_ids: Sequence[UUID]) -> list[Placed]:
    """Return what the index says of these articles; nothing of those that are not in it any more."""
    found: dict[UUID, Placed] = {one: Placed(one, "", 0, 0, (), None) for one in article_ids}
    for start in range(0, len(article_ids), _AT_ONCE):
        some = article_ids[start : start + _AT_ONCE]
        columns = (col(Posting.article_id), col(Posting.term), col(Posting.in_title), col(Posting.in_text))
        occurring = select(*columns).where(col(Posting.article_id).in_(some)).order_by(col(Posting.article_id))
        held: dict[UUID, list[Any]] = {
            one: [tuple(row[1:]) for row in its] for one, its in groupby((await tx.run(occurring)).all(), key=lambda row: row[0])
        }
        rows = await tx.rows(select(IndexedArticle).where(col(IndexedArticle.article_id).in_(some)))
        shown = await heads(tx, {row["article_id"]: decode(row["standing"]).kind for row in rows})
        for row in rows:
            one = row["article_id"]
            found[one] = Placed(one, row["standing"], row["title_length"], row["text_length"], held.get(one, []), shown.get(one))
    return list(found.values())


async def documents_after(tx: Tx, after: UUID | None) -> list[tuple[UUID, str, int, int]]:
    """Return the next articles of the index with standing and lengths, by id."""
    columns = (col(IndexedArticle.article_id), col(IndexedArticle.standing), col(IndexedArticle.title_length), col(IndexedArticle.text_length))
    wanted = select(*columns).order_by(col(IndexedArticle.article_id)).limit(PAGE)
    rows: Sequence[Any] = (await tx.run(wanted if after is None else wanted.where(col(IndexedArticle.article_id) > after))).all()
    return [(row[0], row[1], row[2], row[3]) for row in rows]


async def occurrences_after(tx: Tx, after: tuple[Any, ...] | None) -> list[tuple[str, str, Any, int, int]]:
    """Return the next posting rows by key: term, standing, article (as the driver gives it), in title and in text."""
    columns = "term, standing, article_id, in_title, in_text"
    behind = "" if after is None else "WHERE (term, standing, article_id) > ($1, $2, $3)"
    rows = await tx.raw(f"SELECT {columns} FROM kb_posting {behind} ORDER BY term, standing, article_id LIMIT {PAGE}", *(after or ()))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(hex=value)
