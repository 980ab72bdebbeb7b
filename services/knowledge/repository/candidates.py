"""The articles that words alone bring up, by plain SQL over the posting rows; the same statement on both databases.

A frequent term (the, how) would read most of the index and decide nothing. When the terms of a question are in more rows than `CHEAP`, the
telling ones choose candidates first and the frequent ones are only looked up for these. What they could add at most (ranking.most) is known, so it is
certain whether anything outside the candidates could still belong to the best; if it could, all terms are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Float, Integer, TextualSelect, Uuid, bindparam, text

from services.kit.db import Tx
from services.knowledge.domain.ranking import K1, TEXT_WEIGHT, TITLE_WEIGHT, B, most
from services.knowledge.repository.ground import Ground

CHEAP = 12_000
"""Posting rows of one question that are read without thinking."""
_WIDE = 300
"""Candidates of a question whose frequent terms were left for later."""
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A term that a question looks for."""

    word: str
    """As it was typed."""
    term: str
    idf: float
    holding: int
    """Visible articles that have it."""
    corrected: bool


Terms = Mapping[str, Wanted]


def split(terms: Terms) -> tuple[list[Wanted], list[Wanted]]:
    """Return the telling terms that choose the candidates, and the frequent ones that can only move them."""
    ordered = sorted(terms.values(), key=lambda one: (one.holding, one.term))
    rows, telling = 0, 0
    for one in ordered:
        rows += one.holding
        if telling and rows > CHEAP:
            break
        telling += 1
    return ordered[:telling], ordered[telling:]


async def candidates(tx: Tx, questions: Sequence[Terms], seen: Ground, limit: int) -> list[list[UUID]]:
    """Return per question the articles among which its best `limit` by words surely are."""
    parts = [split(terms) for terms in questions]
    frequent = [sum(most(one.idf) for one in rest) for _, rest in parts]
    wide = max(limit, _WIDE) if any(frequent) else limit
    found = await _ranked(tx, [telling for telling, _ in parts], seen, wide)
    unsure = [number for number, rows in enumerate(found) if not _certain(rows, frequent[number], limit, wide)]
    if unsure:
        again = await _ranked(tx, [list(questions[number].values()) for number in unsure], seen, limit)
        for number, rows in zip(unsure, again, strict=True):
            found[number] = rows
            frequent[number] = 0.0
    return [_kept(rows, more, limit) for rows, more in zip(found, frequent, strict=True)]


_Row = tuple[UUID, float]


def _certain(rows: list[_Row], more: float, limit: int, wide: int) -> bool:
    if not more:
        return True
    if len(rows) < limit:
        return False
    return rows[limit - 1][1] > (rows[-1][1] if len(rows) == wide else 0.0) + more


def _kept(rows: list[_Row], more: float, limit: int) -> list[UUID]:
    """Leave out what cannot reach the best any more."""
    floor = rows[limit - 1][1] - more if len(rows) >= limit else 0.0
    return [article for article, score in rows if score >= floor]


async def _ranked(tx: Tx, questions: Sequence[Sequence[Wanted]], seen: Ground, limit: int) -> list[list[_Row]]:
    data = [(number, one.term, one.idf) for number, terms in enumerate(questions) for one in terms]
    found: list[list[_Row]] = [[] for _ in questions]
    if not data:
        return found
    given: dict[str, Any] = {"title": seen.corpus.title_length, "text": seen.corpus.text_length, "most": limit, "standings": seen.standings}
    for at, (number, term, weight) in enumerate(data):
        given |= {f"q{at}": number, f"t{at}": term, f"w{at}": weight}
    for row in await tx.rows(_statement(len(data), many=len(questions) > 1).bindparams(**given)):
        found[row["question"]].append((row["article_id"], row["score"] / _MICRO))
    return found


@lru_cache(maxsize=256)
def _statement(size: int, *, many: bool) -> TextualSelect:
    """Return the ranking statement for so many weighted terms.

    Written by hand: the expression language would compile it anew for each question, which takes longer than the search itself.
    The sum is ranking.parts; rounding before ordering makes both databases agree.
    """
    terms = ", ".join(f"(CAST(:q{at} AS INTEGER), CAST(:t{at} AS VARCHAR), CAST(:w{at} AS DOUBLE PRECISION))" for at in range(size))
    score = f"CAST(round({_MICRO} * sum(w.idf * ({_field('title', TITLE_WEIGHT)} + {_field('text', TEXT_WEIGHT)}))) AS BIGINT)"
    scored = f"""
        WITH wanted (question, term, idf) AS (VALUES {terms}),
        scored AS (
            SELECT w.question, p.article_id, {score} AS score
            FROM wanted w JOIN kb_posting p ON p.term = w.term WHERE p.standing IN :standings GROUP BY w.question, p.article_id
        )
    """
    one = "SELECT question, article_id, score FROM scored ORDER BY score DESC, article_id LIMIT :most"
    each = """,
        placed AS (SELECT scored.*, row_number() OVER (PARTITION BY question ORDER BY score DESC, article_id) AS place FROM scored)
        SELECT question, article_id, score FROM placed WHERE place <= :most ORDER BY question, place
    """
    typed = [
        bindparam("standings", expanding=True),
        bindparam("title", type_=Float),
        bindparam("text", type_=Float),
        bindparam("most", type_=Integer),
    ]
    return text(scored + (each if many else one)).bindparams(*typed).columns(question=Integer, article_id=Uuid, score=Integer)


def _field(name: str, weight: float) -> str:
    occurrences = f"CAST(p.in_{name} AS DOUBLE PRECISION)"
    return f"{weight * (K1 + 1)} * {occurrences} / ({occurrences} + {K1 * (1 - B)} + {K1 * B} * p.{name}_length / CAST(:{name} AS DOUBLE PRECISION))"
