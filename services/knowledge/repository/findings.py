"""What a found article shows: its head, the snippet, and why it stands where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.contract import FoundArticle, TermScore
from services.knowledge.domain.mixing import Background, Scale, boosts, is_answer, mixed
from services.knowledge.domain.ranking import PLACES, Corpus, Occurrence, parts
from services.knowledge.domain.snippet import snippet
from services.knowledge.domain.standing import Standing, decode
from services.knowledge.domain.telling import AskedWord, Terms, Wanted, told
from services.knowledge.domain.vectors import Meaning
from services.knowledge.models import Article, ArticleLink, IndexedArticle
from services.knowledge.repository.backend import Survey
from services.knowledge.repository.heads import Head, heads

_Part = tuple[Wanted, float, float]
"""A term, and what it adds by the title and by the whole text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with everything that may answer it."""

    terms: Terms
    candidates: list[UUID]
    meaning: Meaning | None
    known_share: float
    """How much of the question its known words tell: as much as they count beside the meaning."""
    words: Sequence[AskedWord]
    """Its words: those that are searched, and those that no article has."""

    @property
    def background(self) -> Background | None:
        """How near articles are to this question that do not answer it; None when only its words are searched."""
        return self.meaning.background if self.meaning else None


@dataclass(frozen=True, slots=True)
class _Scored:
    article_id: UUID
    standing: Standing
    words: float
    closeness: float | None
    boosts: Mapping[str, float]
    score: float
    told: float
    adding: list[_Part]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says of the candidates, for all questions at once."""

    standings: Mapping[UUID, Standing]
    held: Mapping[UUID, list[Occurrence]]
    links: Mapping[UUID, int]
    overdue: frozenset[UUID]


_LINKS = select(func.count()).where(col(ArticleLink.article_id) == col(IndexedArticle.article_id)).scalar_subquery()
_OVERDUE = func.coalesce(col(Article.review_at) < bindparam("now"), False)
_STANDINGS = (
    select(col(IndexedArticle.article_id), col(IndexedArticle.standing), _LINKS.label("links"), _OVERDUE.label("overdue"))
    .join(Article, col(Article.id) == col(IndexedArticle.article_id), isouter=True)
    .where(col(IndexedArticle.article_id).in_(bindparam("ids", expanding=True)))
)
"""Built once: to put it together for each search took longer than to run it."""


async def describe(tx: Tx, asked: Sequence[Asked], survey: Survey, limit: int) -> list[list[FoundArticle]]:
    """Return per question its best articles with snippet and explanation; what is not visible any more is passed over."""
    known = await _known(tx, asked, survey)
    ranked = [_ranked(one, known, survey.seen.corpus)[:limit] for one in asked]
    shown = await heads(tx, {one.article_id: one.standing.kind for found in ranked for one in found})
    return [
        [_found(one, shown[one.article_id], question) for one in found if one.article_id in shown]
        for question, found in zip(asked, ranked, strict=True)
    ]


async def _known(tx: Tx, asked: Sequence[Asked], survey: Survey) -> _Known:
    ids = sorted({article for one in asked for article in one.candidates})
    if not ids:
        return _Known({}, {}, {}, frozenset())
    found = (await tx.run(_STANDINGS, {"ids": ids, "now": tx.now})).mappings()
    rows = {row["article_id"]: row for row in found if row["standing"] in survey.seen.standings}
    codes = {one: row["standing"] for one, row in rows.items()}
    held = await survey.occurrences(sorted({term for one in asked for term in one.terms}), codes)
    return _Known(
        {one: decode(code) for one, code in codes.items()},
        held,
        {one: row["links"] for one, row in rows.items()},
        frozenset(one for one, row in rows.items() if row["overdue"]),
    )


def _ranked(asked: Asked, known: _Known, corpus: Corpus) -> list[_Scored]:
    adding = {one: _adding(known.held.get(one, []), asked.terms, corpus) for one in asked.candidates if one in known.standings}
    words = {one: round(sum(title + text for _, title, text in added), PLACES) for one, added in adding.items()}
    meaning = asked.meaning
    nearest = meaning.nearest[0][1] if meaning and meaning.nearest else 0.0
    scale = Scale(max(words.values(), default=0.0), meaning.background.usual if meaning else 0.0, nearest, asked.known_share)
    found = []
    for one, added in adding.items():
        standing, closeness = known.standings[one], meaning.closeness(one) if meaning else None
        base = words[one] if meaning is None else mixed(words[one], closeness, scale)
        raised = boosts(state=standing.state, links=known.links.get(one, 0), overdue=one in known.overdue)
        score = round(base * (1 + sum(raised.values())), PLACES)
        share = told(asked.words, {term.term for term, _, _ in added})
        found.append(_Scored(one, standing, words[one], closeness, raised, score, share, added))
    return sorted((one for one in found if one.score > 0), key=lambda one: (-one.score, one.article_id))


def _found(one: _Scored, head: Head, asked: Asked) -> FoundArticle:
    return FoundArticle(
        article_id=one.article_id,
        kind=one.standing.kind,
        title=head.title,
        language=head.language,
        state=one.standing.state,
        audience=one.standing.audience,
        version=head.version,
        snippet=snippet(head.plain, head.language, frozenset(asked.terms)),
        score=one.score,
        words=one.words,
        closeness=one.closeness,
        told=one.told,
        likely=is_answer(one.told, one.closeness, asked.background),
        boosts=dict(one.boosts),
        because=_because(one.adding),
    )


def _adding(held: Sequence[Occurrence], wanted: Terms, corpus: Corpus) -> list[_Part]:
    return [(wanted[one.term], *parts(one, wanted[one.term].idf, corpus)) for one in held if one.term in wanted]


def _because(adding: Sequence[_Part]) -> list[TermScore]:
    found = [
        TermScore(word=term.word, term=term.term, corrected=term.corrected, title=round(title, PLACES), body=round(text, PLACES))
        for term, title, text in adding
    ]
    return sorted(found, key=lambda part: (-(part.title + part.body), part.term))
