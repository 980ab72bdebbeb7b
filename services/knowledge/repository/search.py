"""Search: per-field BM25 over the posting rows, the same statements and the same order on SQLite and PostgreSQL.

What the searcher may not see is left out before anything is counted: neither a score nor a correction tells of it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Integer, TextualSelect, Uuid, and_, bindparam, func, or_, select, text
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.contract import Correction, SearchView
from services.knowledge.domain.analysis import Token, primary_language, words
from services.knowledge.domain.lifecycle import LIVING, ArticleState, Audience
from services.knowledge.domain.ranking import BODY_WEIGHT, K1, PLACES, TITLE_WEIGHT, B, Corpus, idf
from services.knowledge.domain.spelling import LARGEST_CHOICE, allowed_edits, nearest
from services.knowledge.models import IndexedArticle, Posting, Word
from services.knowledge.repository.findings import Found, Wanted, describe

LARGEST_QUESTION = 32
"""Terms of a question that are searched: the most telling ones."""
MOST_LANGUAGES = 8
"""Languages that a question without one may be written in: those with most articles."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles exist for a searcher."""

    states: tuple[str, ...]
    audience: str | None
    """None: any."""
    language: str | None
    """None: any; with or without region and script."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for."""

    text: str
    language: str | None
    """None when it may be in any language that articles have."""


PUBLISHED = (ArticleState.VALIDATED.value,)


def for_agents(*, audience: str | None = None, language: str | None = None, state: str | None = None) -> Scope:
    """Return what agents may see: everything that is not archived, unless they ask for one state."""
    return Scope((state,) if state else tuple(one.value for one in LIVING), audience, language)


def for_customers(language: str | None) -> Scope:
    """Return what customers may see: validated, and meant for them."""
    return Scope(PUBLISHED, Audience.CUSTOMER.value, language)


async def find(tx: Tx, question: Question, scope: Scope, limit: int) -> SearchView:
    """Return the best articles for one question."""
    return (await find_all(tx, [question], scope, limit))[0]


async def find_all(tx: Tx, questions: Sequence[Question], scope: Scope, limit: int, *, correct: bool = True) -> list[SearchView]:
    """Return the best articles for each question, in as many statements as for one."""
    corpus, languages = await _corpus(tx, scope)
    asked = [words(question.text, _languages(question, languages)) for question in questions]
    holding = await holdings(tx, {token.term for one in asked for word in one for token in word}, scope)
    meant = await _corrections(tx, asked, holding, scope) if correct and corpus.articles else {}
    wanted = [_wanted(question.text, one, corpus, holding, meant) for question, one in zip(questions, asked, strict=True)]
    found = await _ranked(tx, wanted, corpus, scope, limit)
    results = await describe(tx, found, wanted, corpus)
    return [
        SearchView(query=question.text, results=results.get(number, []), corrections=_taken(question.text, asked[number], meant))
        for number, question in enumerate(questions)
    ]


def visible(scope: Scope) -> ColumnElement[bool]:
    """Return the condition on the index that keeps to the scope."""
    kept: list[ColumnElement[bool]] = [col(IndexedArticle.state).in_(scope.states)]
    if scope.audience is not None:
        kept.append(col(IndexedArticle.audience) == scope.audience)
    if scope.language is not None:
        kept.append(col(IndexedArticle.language) == primary_language(scope.language))
    return and_(*kept)


async def holdings(tx: Tx, terms: Collection[str], scope: Scope) -> dict[str, int]:
    """Return for each term how many visible articles have it; terms that none has are absent."""
    return await _count(tx, col(Posting.term).in_(sorted(terms)), scope) if terms else {}


async def holdings_of_articles(tx: Tx, article_ids: Sequence[UUID], scope: Scope) -> dict[str, int]:
    """Return for each term of some articles how many visible articles have it."""
    theirs = select(col(Posting.term)).where(col(Posting.article_id).in_(article_ids))
    return await _count(tx, col(Posting.term).in_(theirs), scope)


async def corpus_size(tx: Tx, scope: Scope) -> int:
    """Return how many articles are visible."""
    return (await _corpus(tx, scope))[0].articles


async def _count(tx: Tx, which: ColumnElement[bool], scope: Scope) -> dict[str, int]:
    joined = select(col(Posting.term), func.count().label("articles")).join(IndexedArticle, col(IndexedArticle.article_id) == col(Posting.article_id))
    rows = await tx.rows(joined.where(which, visible(scope)).group_by(col(Posting.term)))
    return {row["term"]: row["articles"] for row in rows}


async def _corpus(tx: Tx, scope: Scope) -> tuple[Corpus, list[str]]:
    count = func.count().label("articles")
    title, body = func.sum(col(IndexedArticle.title_length)).label("title"), func.sum(col(IndexedArticle.body_length)).label("body")
    language = col(IndexedArticle.language)
    rows = await tx.rows(select(language, count, title, body).where(visible(scope)).group_by(language).order_by(count.desc(), language))
    articles = sum(row["articles"] for row in rows)
    return Corpus(
        articles,
        max(1.0, sum(row["title"] for row in rows) / max(1, articles)),
        max(1.0, sum(row["body"] for row in rows) / max(1, articles)),
    ), [row["language"] for row in rows]


def _languages(question: Question, languages: list[str]) -> list[str]:
    own = [primary_language(question.language)] if question.language else []
    return list(dict.fromkeys([*own, *languages[:MOST_LANGUAGES]])) or ["en"]


async def _corrections(tx: Tx, asked: Iterable[list[tuple[Token, ...]]], holding: dict[str, int], scope: Scope) -> dict[str, list[str]]:
    """Return for each term that is in no visible article the visible words that it may stand for."""
    missing = {
        token.term
        for question in asked
        for word in question
        if not any(token.term in holding for token in word)
        for token in word
        if token.correctable and allowed_edits(token.term)
    }
    if not missing:
        return {}
    near = [
        and_(col(Word.initial) == term[0], col(Word.length).between(len(term) - allowed_edits(term), len(term) + allowed_edits(term)))
        for term in sorted(missing)[:LARGEST_QUESTION]
    ]
    vocabulary = [row["term"] for row in await tx.rows(select(col(Word.term)).where(or_(*near)))]
    choice = {term: nearest(term, vocabulary) for term in missing}
    seen = await holdings(tx, {known for candidates in choice.values() for known in candidates}, scope)
    holding.update(seen)
    return {term: [known for known in candidates if known in seen][:LARGEST_CHOICE] for term, candidates in choice.items()}


def _wanted(question: str, asked: list[tuple[Token, ...]], corpus: Corpus, holding: dict[str, int], meant: dict[str, list[str]]) -> dict[str, Wanted]:
    chosen: dict[str, Wanted] = {}
    for word in asked:
        typed = question[word[0].start : word[0].end]
        for token in word:
            if token.term in holding and token.term not in meant:
                chosen.setdefault(token.term, Wanted(typed, token.term, idf(corpus, holding[token.term]), corrected=False))
            for known in meant.get(token.term, ()):
                chosen.setdefault(known, Wanted(typed, known, idf(corpus, holding[known]), corrected=True))
    telling = sorted(chosen.values(), key=lambda one: (-one.idf, one.term))[:LARGEST_QUESTION]
    return {one.term: one for one in telling}


def _taken(question: str, asked: list[tuple[Token, ...]], meant: dict[str, list[str]]) -> list[Correction]:
    taken: dict[str, list[str]] = {}
    for word in asked:
        for token in word:
            for known in meant.get(token.term, ()):
                taken.setdefault(question[token.start : token.end], []).append(known)
    return [Correction(word=word, taken_as=list(dict.fromkeys(known))) for word, known in taken.items()]


async def _ranked(tx: Tx, wanted: list[dict[str, Wanted]], corpus: Corpus, scope: Scope, limit: int) -> list[Found]:
    """Return the best `limit` articles of each question, best first."""
    data = [(number, one.term, one.idf) for number, question in enumerate(wanted) for one in question.values()]
    if not data:
        return []
    given: dict[str, Any] = {"title": corpus.title_length, "body": corpus.body_length, "most": limit, "states": scope.states}
    for at, (number, term, weight) in enumerate(data):
        given |= {f"q{at}": number, f"t{at}": term, f"w{at}": weight}
    if scope.audience is not None:
        given["audience"] = scope.audience
    if scope.language is not None:
        given["language"] = primary_language(scope.language)
    statement = _ranking(len(data), audience=scope.audience is not None, language=scope.language is not None)
    rows = await tx.rows(statement.bindparams(**given))
    return [Found(row["question"], row["article_id"], round(float(row["score"]), PLACES)) for row in rows]


@lru_cache(maxsize=256)
def _ranking(size: int, *, audience: bool, language: bool) -> TextualSelect:
    """Return the ranking statement for so many weighted terms.

    Written by hand: the expression language would compile it anew for each question, which takes longer than the search itself.
    The products are ranking.saturation and the field weights; rounding before ordering makes both databases agree.
    """
    terms = ", ".join(f"(CAST(:q{at} AS INTEGER), CAST(:t{at} AS VARCHAR), CAST(:w{at} AS DOUBLE PRECISION))" for at in range(size))
    also = (" AND d.audience = :audience" if audience else "") + (" AND d.language = :language" if language else "")
    sql = f"""
        WITH wanted (question, term, idf) AS (VALUES {terms}),
        scored AS (
            SELECT w.question, p.article_id, round(CAST(sum(w.idf * ({_field("title")} + {_field("body")})) AS NUMERIC(20, 12)), {PLACES}) AS score
            FROM wanted w JOIN kb_posting p ON p.term = w.term JOIN kb_doc d ON d.article_id = p.article_id
            WHERE d.state IN :states{also}
            GROUP BY w.question, p.article_id
        ),
        placed AS (SELECT scored.*, row_number() OVER (PARTITION BY question ORDER BY score DESC, article_id) AS place FROM scored)
        SELECT question, article_id, score FROM placed WHERE place <= :most ORDER BY question, place
    """
    typed = [bindparam("states", expanding=True), bindparam("title", type_=Float), bindparam("body", type_=Float), bindparam("most", type_=Integer)]
    return text(sql).bindparams(*typed).columns(question=Integer, article_id=Uuid, score=Float)


def _field(name: str) -> str:
    weight = TITLE_WEIGHT if name == "title" else BODY_WEIGHT
    occurrences = f"CAST(p.in_{name} AS DOUBLE PRECISION)"
    return f"{weight * (K1 + 1)} * {occurrences} / ({occurrences} + {K1 * (1 - B)} + {K1 * B} * d.{name}_length / CAST(:{name} AS DOUBLE PRECISION))"
