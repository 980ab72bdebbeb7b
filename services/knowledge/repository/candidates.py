"""The articles that words alone bring up, by plain SQL over the posting rows.

Telling words choose the candidates, frequent ones only move them (domain/telling.py). The statements are written by hand and given to the driver: the
expression language would compile them anew for each question, which takes longer than the search itself. Only the way in which a list comes in
differs between the databases.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

import orjson

from services.kit.db import Tx
from services.knowledge.domain.ranking import K1, TEXT_WEIGHT, TITLE_WEIGHT, B, Occurrence
from services.knowledge.domain.telling import MICRO, WIDE, Terms, Wanted, split
from services.knowledge.repository.ground import Ground

_Row = tuple[int, UUID | str, str]
"""Score in millionths, article (as the driver gives it: most are never looked at again) and its standing."""
_WANTED = {
    "sqlite": "SELECT value->>0 AS question, value->>1 AS term, value->>2 AS idf FROM json_each($1)",
    "postgresql": """SELECT (value->>0)::int AS question, (value->>1) COLLATE "C" AS term, (value->>2)::float8 AS idf
        FROM json_array_elements($1::json)""",
}
_PAIRS = """FROM wanted w CROSS JOIN chosen c CROSS JOIN kb_posting p
        WHERE p.term = w.term AND p.standing = c.standing AND p.article_id = c.article_id"""
_CHOSEN = {
    "sqlite": "SELECT value->>0 AS article_id, value->>1 AS standing FROM json_each($4)",
    "postgresql": 'SELECT (value->>0)::uuid AS article_id, (value->>1) COLLATE "C" AS standing FROM json_array_elements($4::json)',
}


async def candidates(tx: Tx, questions: Sequence[Terms], seen: Ground, limit: int) -> list[list[UUID]]:
    """Return per question its best `limit` articles by words."""
    parts = [split(terms) for terms in questions]
    wide = max(limit, WIDE) if any(frequent for _, frequent in parts) else limit
    found = await _ranked(tx, [telling for telling, _ in parts], seen, wide)
    for number, (_, frequent) in enumerate(parts):
        if frequent and found[number]:
            found[number] = await _moved(tx, found[number], frequent, seen)
    return [[_id(article) for _, article, _ in rows[:limit]] for rows in found]


async def _ranked(tx: Tx, questions: Sequence[Sequence[Wanted]], seen: Ground, limit: int) -> list[list[_Row]]:
    wanted = [(number, one.term, one.idf) for number, terms in enumerate(questions) for one in terms]
    found: list[list[_Row]] = [[] for _ in questions]
    if wanted and seen.standings:
        statement = _ranking(tx.dialect_name, len(seen.standings), many=len(questions) > 1)
        lengths = (seen.corpus.title_length, seen.corpus.text_length)
        for question, score, article, standing in await tx.raw(statement, _list(wanted), *lengths, limit, *seen.standings):
            found[question].append((score, article, standing))
    return found


async def _moved(tx: Tx, rows: Sequence[_Row], frequent: Sequence[Wanted], seen: Ground) -> list[_Row]:
    """Add what the frequent terms are worth in the candidates, and order them anew."""
    chosen = [(str(article), standing) for _, article, standing in rows]
    wanted = [(0, one.term, one.idf) for one in frequent]
    lengths = (seen.corpus.title_length, seen.corpus.text_length)
    worth = await tx.raw(_looking_up(tx.dialect_name), _list(wanted), *lengths, _list(chosen))
    added: dict[UUID | str, int] = dict(tuple(row) for row in worth)
    moved = [(score + added.get(article, 0), article, standing) for score, article, standing in rows]
    return sorted(moved, key=lambda row: (-row[0], str(row[1])))


@lru_cache
def _ranking(dialect: str, standings: int, *, many: bool) -> str:
    """Return the ranking statement; the sum is ranking.parts, and rounding before ordering makes both databases agree."""
    visible = ", ".join(f"${5 + at}" for at in range(standings))
    scored = f"""
        WITH wanted AS ({_WANTED[dialect]}),
        scored AS (
            SELECT w.question, {_SCORE} AS score, p.article_id, min(p.standing) AS standing
            FROM wanted w CROSS JOIN kb_posting p WHERE p.term = w.term AND p.standing IN ({visible}) GROUP BY w.question, p.article_id
        )
    """
    one = "SELECT question, score, article_id, standing FROM scored ORDER BY score DESC, article_id LIMIT $4"
    each = """,
        placed AS (SELECT scored.*, row_number() OVER (PARTITION BY question ORDER BY score DESC, article_id) AS place FROM scored)
        SELECT question, score, article_id, standing FROM placed WHERE place <= $4 ORDER BY question, place
    """
    return scored + (each if many else one)


@lru_cache
def _looking_up(dialect: str) -> str:
    """Return the statement that says what some terms are worth in some articles: one step into the key for each pair."""
    return f"""
        WITH wanted AS ({_WANTED[dialect]}), chosen AS ({_CHOSEN[dialect]})
        SELECT p.article_id, {_SCORE} AS score {_PAIRS} GROUP BY p.article_id
    """


async def occurrences(tx: Tx, terms: Sequence[str], standings: Mapping[UUID, str]) -> dict[UUID, list[Occurrence]]:
    """Return how often each of these terms stands in each of these articles, by one step into the key for each pair."""
    wanted = [(0, term, 0.0) for term in terms]
    chosen = [(one.hex if tx.dialect_name == "sqlite" else str(one), standing) for one, standing in standings.items()]
    held: dict[UUID, list[Occurrence]] = {}
    if wanted and chosen:
        for article, *rest in await tx.raw(_holding(tx.dialect_name), _list(wanted), _list(chosen)):
            held.setdefault(_id(article), []).append(Occurrence(*rest))
    return held


@lru_cache
def _holding(dialect: str) -> str:
    chosen = _CHOSEN[dialect].replace("$4", "$2")
    return f"""
        WITH wanted AS ({_WANTED[dialect]}), chosen AS ({chosen})
        SELECT p.article_id, p.term, p.in_title, p.in_text, p.title_length, p.text_length {_PAIRS}
    """


def _field(name: str, place: int, weight: float) -> str:
    occurrences = f"CAST(p.in_{name} AS DOUBLE PRECISION)"
    return f"{weight * (K1 + 1)} * {occurrences} / ({occurrences} + {K1 * (1 - B)} + {K1 * B} * p.{name}_length / CAST(${place} AS DOUBLE PRECISION))"


_SCORE = f"CAST(round({MICRO} * sum(w.idf * ({_field('title', 2, TITLE_WEIGHT)} + {_field('text', 3, TEXT_WEIGHT)}))) AS BIGINT)"


def _list(rows: Sequence[tuple[object, ...]]) -> str:
    return orjson.dumps(rows).decode()


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(hex=value)
