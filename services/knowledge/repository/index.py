"""The search index: plain rows, written in the transaction of the article itself, so that what is saved is found."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import delete, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.domain.analysis import VERSION, terms
from services.knowledge.models import Article, AwaitingVector, IndexedArticle, Posting
from services.knowledge.repository.changes import note_change

VECTORS_DUE = "embed_articles"
REINDEX_DUE = "reindex_articles"
_LEARN = {
    "sqlite": """INSERT INTO kb_word (term, initial, final, length)
        SELECT value, substr(value, 1, 1), substr(value, -1), length(value) FROM json_each($1) WHERE true ON CONFLICT DO NOTHING""",
    "postgresql": """INSERT INTO kb_word (term, initial, final, length)
        SELECT value, left(value, 1), right(value, 1), length(value) FROM json_array_elements_text($1::json) ON CONFLICT DO NOTHING""",
}
"""One list comes in: a statement with a value for each word would be compiled anew for each article, which took half of its time."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A piece of knowledge as the index sees it."""

    id: UUID
    standing: str
    language: str
    title: str
    plain: str


async def put_in_index(uow: UnitOfWork, piece: Indexed, *, text_changed: bool) -> None:
    """Make something findable as it now is; its words are only read again when they changed. Its meaning follows soon after the commit."""
    await note_change(uow, piece.id)
    await uow.upsert(AwaitingVector, {"article_id": piece.id, "since": uow.now}, key=("article_id",))
    await uow.wake(VECTORS_DUE, key="all")
    if not text_changed:
        known = update(IndexedArticle).where(col(IndexedArticle.article_id) == piece.id).values(standing=piece.standing)
        if await uow.execute(known):
            moved = update(Posting).where(col(Posting.article_id) == piece.id, col(Posting.standing) != piece.standing)
            await uow.execute(moved.values(standing=piece.standing))
            return
    await _take_out(uow, piece.id)
    title = Counter(terms(piece.title, piece.language))
    text = title + Counter(terms(piece.plain, piece.language))
    lengths = {"title_length": title.total(), "text_length": text.total()}
    await uow.insert(IndexedArticle, {"article_id": piece.id, "standing": piece.standing, "analyzer": VERSION, **lengths})
    known_terms = sorted(text)
    row = {"standing": piece.standing, "article_id": piece.id, **lengths}
    await uow.insert(Posting, *({**row, "term": term, "in_title": title[term], "in_text": text[term]} for term in known_terms))
    await learn_words(uow, known_terms)


async def take_from_index(uow: UnitOfWork, article_id: UUID) -> None:
    """Make an article unfindable."""
    await note_change(uow, article_id)
    await _take_out(uow, article_id)


async def _take_out(uow: UnitOfWork, article_id: UUID) -> None:
    await uow.execute(delete(Posting).where(col(Posting.article_id) == article_id))
    await uow.execute(delete(IndexedArticle).where(col(IndexedArticle.article_id) == article_id))


async def behind(tx: Tx, limit: int) -> Sequence[Article]:
    """Return articles that the present analyzer has not read yet."""
    read = select(col(IndexedArticle.article_id)).where(col(IndexedArticle.article_id) == col(Article.id), col(IndexedArticle.analyzer) == VERSION)
    return await tx.all(select(Article).where(~read.exists()).order_by(col(Article.id)).limit(limit), Article)


async def learn_words(uow: UnitOfWork, known_terms: list[str]) -> None:
    """Keep the words for corrections; in one order everywhere, so that two writers never wait for each other."""
    await uow.raw(_LEARN[uow.dialect_name], orjson.dumps(known_terms).decode())
