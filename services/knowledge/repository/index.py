"""The search index: plain rows, written in the transaction of the article itself, so that what is saved is found."""

from collections import Counter
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from services.kit.db import UnitOfWork
from services.knowledge.domain.analysis import primary_language, terms
from services.knowledge.models import Article, IndexedArticle, Posting, Word


async def put_in_index(uow: UnitOfWork, article: Article, *, text_changed: bool) -> None:
    """Make an article findable as it now is; its words are only read again when they changed."""
    if not text_changed:
        row = {"article_id": article.id, "title_length": 0, "body_length": 0} | _standing(article)
        lengths = select(IndexedArticle).where(col(IndexedArticle.article_id) == article.id)
        known = await uow.first(lengths, IndexedArticle)
        if known is not None:
            row |= {"title_length": known.title_length, "body_length": known.body_length}
            await uow.upsert(IndexedArticle, row, key=("article_id",))
            return
    await take_from_index(uow, article.id)
    title, body = Counter(terms(article.title, article.language)), Counter(terms(article.plain, article.language))
    await uow.insert(
        IndexedArticle,
        {"article_id": article.id, "title_length": title.total(), "body_length": body.total()} | _standing(article),
    )
    known_terms = sorted(title.keys() | body.keys())
    await uow.insert(
        Posting,
        *({"term": term, "article_id": article.id, "in_title": title[term], "in_body": body[term]} for term in known_terms),
    )
    await _learn_words(uow, known_terms)


async def take_from_index(uow: UnitOfWork, article_id: UUID) -> None:
    """Make an article unfindable."""
    await uow.execute(delete(Posting).where(col(Posting.article_id) == article_id))
    await uow.execute(delete(IndexedArticle).where(col(IndexedArticle.article_id) == article_id))


def _standing(article: Article) -> dict[str, str]:
    return {"language": primary_language(article.language), "state": article.state, "audience": article.audience}


async def _learn_words(uow: UnitOfWork, known_terms: list[str]) -> None:
    """Keep the words for corrections; in one order everywhere, so that two writers never wait for each other."""
    rows = [{"term": term, "initial": term[0], "length": len(term)} for term in known_terms]
    insert = postgresql.insert if uow.dialect_name == "postgresql" else sqlite.insert
    for start in range(0, len(rows), 1000):
        await uow.execute(insert(Word).values(rows[start : start + 1000]).on_conflict_do_nothing())
