"""What a found article shows: its head, the snippet, and why it stands where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.contract import FoundArticle, TermScore
from services.knowledge.domain.ranking import BODY_WEIGHT, PLACES, TITLE_WEIGHT, Corpus, saturation
from services.knowledge.domain.snippet import snippet
from services.knowledge.models import Article, IndexedArticle, Posting


@dataclass(frozen=True, slots=True)
class Wanted:
    """A term that a question looks for."""

    word: str
    """As it was typed."""
    term: str
    idf: float
    corrected: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An article in its place for one of the questions."""

    question: int
    article_id: UUID
    score: float


async def describe(tx: Tx, found: Sequence[Found], wanted: Sequence[Mapping[str, Wanted]], corpus: Corpus) -> dict[int, list[FoundArticle]]:
    """Return per question the results with snippet and explanation, in the order given."""
    ids = sorted({one.article_id for one in found})
    if not ids:
        return {}
    heads = [col(getattr(Article, name)) for name in ("id", "title", "plain", "language", "state", "audience", "version")]
    articles = {row["id"]: row for row in await tx.rows(select(*heads).where(col(Article.id).in_(ids)))}
    held = await _held(tx, ids, sorted({term for question in wanted for term in question}))
    results: dict[int, list[FoundArticle]] = {}
    for one in found:
        head, terms = articles[one.article_id], wanted[one.question]
        results.setdefault(one.question, []).append(
            FoundArticle(
                article_id=one.article_id,
                title=head["title"],
                language=head["language"],
                state=head["state"],
                audience=head["audience"],
                version=head["version"],
                snippet=snippet(head["plain"], head["language"], frozenset(terms)),
                score=one.score,
                because=_because(held.get(one.article_id, []), terms, corpus),
            ),
        )
    return results


@dataclass(frozen=True, slots=True)
class _Occurrence:
    term: str
    in_title: int
    in_body: int
    title_length: int
    body_length: int


async def _held(tx: Tx, article_ids: Sequence[UUID], terms: Sequence[str]) -> dict[UUID, list[_Occurrence]]:
    lengths = (col(IndexedArticle.title_length), col(IndexedArticle.body_length))
    joined = select(col(Posting.article_id), col(Posting.term), col(Posting.in_title), col(Posting.in_body), *lengths).join(
        IndexedArticle, col(IndexedArticle.article_id) == col(Posting.article_id)
    )
    held: dict[UUID, list[_Occurrence]] = {}
    for row in await tx.rows(joined.where(col(Posting.article_id).in_(article_ids), col(Posting.term).in_(terms))):
        occurrence = _Occurrence(row["term"], row["in_title"], row["in_body"], row["title_length"], row["body_length"])
        held.setdefault(row["article_id"], []).append(occurrence)
    return held


def _because(held: Sequence[_Occurrence], wanted: Mapping[str, Wanted], corpus: Corpus) -> list[TermScore]:
    parts = []
    for one in held:
        if one.term not in wanted:
            continue
        term = wanted[one.term]
        title = TITLE_WEIGHT * term.idf * saturation(one.in_title, one.title_length, corpus.title_length)
        body = BODY_WEIGHT * term.idf * saturation(one.in_body, one.body_length, corpus.body_length)
        parts.append(
            TermScore(word=term.word, term=term.term, corrected=term.corrected, title=round(title, PLACES), body=round(body, PLACES)),
        )
    return sorted(parts, key=lambda part: (-(part.title + part.body), part.term))
