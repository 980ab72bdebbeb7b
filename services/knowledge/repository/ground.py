"""What one searcher may see: resolved to the standings of the index before anything is counted, ranked or corrected."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.domain.analysis import primary_language
from services.knowledge.domain.lifecycle import LIVING, ArticleState, Audience
from services.knowledge.domain.ranking import Corpus
from services.knowledge.domain.standing import Kind, decode, product_key
from services.knowledge.models import IndexedArticle, Posting

EVERYTHING = tuple(kind.value for kind in Kind)
PUBLISHED = (ArticleState.VALIDATED.value,)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which knowledge exists for a searcher."""

    states: tuple[str, ...]
    audience: str | None = None
    """None: any."""
    language: str | None = None
    """None: any; with or without region and script."""
    kinds: tuple[str, ...] = EVERYTHING
    product: str | None = None
    """None: any, and what is about none."""

    def sees(self, standing: str) -> bool:
        """Say whether something of this standing exists for the searcher."""
        one = decode(standing)
        return (
            one.kind in self.kinds
            and one.state in self.states
            and self.audience in {None, one.audience}
            and (self.language is None or one.language == primary_language(self.language)[:3])
            and (self.product is None or one.product == product_key(self.product))
        )


def for_agents(*, audience: str | None = None, language: str | None = None, state: str | None = None, product: str | None = None) -> Scope:
    """Return what agents may see: everything that is not archived, unless they ask for one state."""
    return Scope((state,) if state else tuple(one.value for one in LIVING), audience, language, product=product)


def articles_for_agents(language: str) -> Scope:
    """Return the articles of one language that agents may see."""
    return Scope(tuple(one.value for one in LIVING), None, language, (Kind.ARTICLE.value,))


def for_customers(product: str | None = None) -> Scope:
    """Return what customers may see, in any language: validated, and meant for them."""
    return Scope(PUBLISHED, Audience.CUSTOMER.value, product=product)


@dataclass(frozen=True, slots=True)
class Ground:
    """The part of the index that is searched, and what is known of it."""

    corpus: Corpus
    standings: tuple[str, ...]
    languages: tuple[str, ...]
    """Languages of the visible knowledge, the one with most of it first."""


Total = tuple[str, int, int, int]
"""Standing, articles that have it, and the sums of their lengths in title and whole text."""


async def ground(tx: Tx, scope: Scope) -> Ground:
    """Return what the searcher may see."""
    return ground_of(await totals(tx), scope)


async def totals(tx: Tx) -> list[Total]:
    """Return what there is of each standing."""
    title, text = func.sum(col(IndexedArticle.title_length)), func.sum(col(IndexedArticle.text_length))
    standing = col(IndexedArticle.standing)
    rows: Sequence[Any] = (await tx.run(select(standing, func.count(), title, text).group_by(standing))).all()
    return [(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


def ground_of(totals: Sequence[Total], scope: Scope) -> Ground:
    """Return what the searcher may see of the whole."""
    rows = [row for row in totals if scope.sees(row[0])]
    articles = sum(row[1] for row in rows)
    spoken: dict[str, int] = {}
    for standing, number, _, _ in rows:
        language = decode(standing).language
        spoken[language] = spoken.get(language, 0) + number
    corpus = Corpus(
        articles,
        max(1.0, float(sum(row[2] for row in rows)) / max(1, articles)),
        max(1.0, float(sum(row[3] for row in rows)) / max(1, articles)),
    )
    return Ground(corpus, tuple(sorted(row[0] for row in rows)), tuple(sorted(spoken, key=lambda one: (-spoken[one], one))))


_TERMS = {
    "sqlite": "SELECT value FROM json_each($1)",
    "postgresql": 'SELECT value COLLATE "C" FROM json_array_elements_text($1::json)',
}


async def holdings(tx: Tx, terms: Collection[str], seen: Ground) -> dict[str, int]:
    """Return for each term how many visible articles have it; terms that none has are absent."""
    if not terms or not seen.standings:
        return {}
    visible = ", ".join(f"${2 + at}" for at in range(len(seen.standings)))
    counted = f"""WITH wanted (term) AS ({_TERMS[tx.dialect_name]})
        SELECT p.term, count(*) FROM wanted w CROSS JOIN kb_posting p WHERE p.term = w.term AND p.standing IN ({visible}) GROUP BY p.term"""
    return {row[0]: row[1] for row in await tx.raw(counted, orjson.dumps(sorted(terms)).decode(), *seen.standings)}


async def holdings_of_articles(tx: Tx, article_ids: Sequence[UUID], seen: Ground) -> dict[str, int]:
    """Return for each term of some articles how many visible articles have it."""
    theirs = select(col(Posting.term)).where(col(Posting.article_id).in_(article_ids))
    counted = select(col(Posting.term), func.count().label("articles")).where(
        col(Posting.term).in_(theirs), col(Posting.standing).in_(seen.standings)
    )
    rows = await tx.rows(counted.group_by(col(Posting.term)))
    return {row["term"]: row["articles"] for row in rows}
