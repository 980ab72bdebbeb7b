"""Many articles at once: the rows that the service writes for them, put into its tables in the order of their keys; one by one takes an hour."""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from services.kit.ids import new_id
from services.knowledge.domain.analysis import VERSION, terms
from services.knowledge.models import Article, IndexedArticle, Posting, Word
from tests.bench.peers.knowledge_sets import Desk, read_docs, read_queries

STANDING = "a1i.en"
Text = tuple[str, str]
Row = tuple[Any, ...]
_COLUMNS = ("term", "standing", "article_id", "in_title", "in_text", "title_length", "text_length")


def made_texts(folder: Path, number: int) -> list[Text]:
    """Make articles of about 35 words out of the sentences of real ones, so that words are as frequent as in real texts."""
    chance = random.Random(11)  # noqa: S311  no secret
    titles, sentences = [], []
    for name in ("stackfaq", "xquad_en"):
        for doc in read_docs(folder / f"{name}.docs.jsonl").docs:
            titles.append(doc["title"])
            sentences += [part.strip() for part in doc["body"].split(". ") if 3 <= len(part.split()) <= 40]
    made = []
    for at in range(number):
        words = chance.choice(titles).split() + chance.choice(sentences).split()[:3] + [f"k{at % 997}"]
        made.append((" ".join(words)[:400], ". ".join(chance.sample(sentences, 2))))
    return made


def real_questions(folder: Path, number: int) -> list[str]:
    """Draw questions that people asked of those texts."""
    found = [query.text for name in ("stackfaq", "xquad_en") for query in read_queries(folder / f"{name}.queries.jsonl", 500)]
    return random.Random(5).sample(found, number)  # noqa: S311  no secret


async def put(desk: Desk, rows: dict[str, list[Row]]) -> None:
    """Put rows into the tables of a running service."""
    db = desk.room.runtime.db
    if db.dialect_name == "sqlite":
        await asyncio.to_thread(_into_sqlite, desk.room.runtime.settings.data_dir / "knowledge.sqlite3", rows)
    else:
        await _into_postgresql(desk.room.runtime.settings.database_url.replace("postgresql+asyncpg", "postgresql"), rows)


def rows_of(texts: Sequence[Text]) -> dict[str, list[Row]]:
    """Return table to rows as the service writes them for these articles."""
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    articles: list[Row] = []
    docs: list[Row] = []
    postings: list[Row] = []
    words: set[str] = set()
    for title, body in texts:
        article = new_id()
        in_title = Counter(terms(title, "en"))
        in_text = in_title + Counter(terms(body, "en"))
        lengths = (in_title.total(), in_text.total())
        row = {"id": article, "title": title, "resolution": body, "html": {}, "plain": body, "language": "en", "state": "not_validated"}
        row |= {"audience": "internal", "author": "bench", "version": 1, "created_at": now, "changed_at": now}
        articles.append(tuple(row.get(column.name) for column in Article.__table__.columns))  # type: ignore[attr-defined]  # SQLModel
        docs.append((article, STANDING, *lengths, VERSION))
        postings += [(term, STANDING, article, in_title[term], count, *lengths) for term, count in in_text.items()]
        words |= in_text.keys()
    postings.sort()
    return {"article": articles, "kb_doc": docs, "kb_posting": postings, "kb_word": [(term, term[0], term[-1], len(term)) for term in sorted(words)]}


def _into_sqlite(path: Path, rows: dict[str, list[Row]]) -> None:
    db = sqlite3.connect(path, timeout=60)
    db.execute("PRAGMA cache_size=-400000")
    db.execute("DROP INDEX ix_kb_posting_article_id")  # made anew below: far quicker than row by row
    for name, some in rows.items():
        marks = ", ".join("?" for _ in some[0])
        db.executemany(f"INSERT OR IGNORE INTO {name} ({_names(name)}) VALUES ({marks})", _plain(some))
    db.execute("CREATE INDEX ix_kb_posting_article_id ON kb_posting (article_id)")
    stamp = "(SELECT coalesce(max(stamp), 0) FROM kb_change) + row_number() OVER ()"
    db.execute(f"INSERT INTO kb_change (article_id, stamp) SELECT id, {stamp} FROM article WHERE id NOT IN (SELECT article_id FROM kb_change)")
    db.commit()
    db.close()


def _plain(rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        yield tuple(
            value.hex if isinstance(value, UUID) else value.isoformat(" ") if isinstance(value, datetime) else "{}" if value == {} else value
            for value in row
        )


async def _into_postgresql(url: str, rows: dict[str, list[Row]]) -> None:
    db = await asyncpg.connect(url, server_settings={"search_path": "knowledge"})
    try:
        for name, some in rows.items():
            if name == "kb_word":
                await db.executemany(f"INSERT INTO kb_word ({_names(name)}) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", some)
            else:
                records = [tuple("{}" if value == {} else value for value in row) for row in some]
                await db.copy_records_to_table(name, records=records, columns=_names(name).split(", "))
        stamp = "pg_current_xact_id()::text::bigint"
        await db.execute(f"INSERT INTO kb_change (article_id, stamp) SELECT id, {stamp} FROM article ON CONFLICT DO NOTHING")
        await db.execute("VACUUM ANALYZE")  # as autovacuum does soon after such a load
    finally:
        await db.close()


def _names(table: str) -> str:
    if table == "kb_posting":
        return ", ".join(_COLUMNS)
    found = {"article": Article, "kb_doc": IndexedArticle, "kb_word": Word, "kb_posting": Posting}[table]
    return ", ".join(column.name for column in found.__table__.columns)  # type: ignore[attr-defined]  # SQLModel
