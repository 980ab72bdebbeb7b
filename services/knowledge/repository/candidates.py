"""The articles that words alone bring up, by plain SQL over the posting rows.

Telling words choose the candidates, frequent ones only move them (domain/telling.py). The statements are written by hand and given to the driver: the
expression language would compile them anew for each question, which takes longer than the search itself. Only the way in which a list comes in
differs between the databases, and how each is kept from reading more than it must: lists are MATERIALIZED, or their JSON would be read again for each
posting, and on PostgreSQL pairs are looked up one by one (LATERAL with OFFSET 0), where its planner would rather read all postings of a frequent one.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

import orjson

from services.kit.db import Tx
from services.knowledge.domain.ranking import K1, TEXT_WEIGHT, TITLE_WEIGHT, B, Corpus, Occurrence, Part, parts
from services.knowledge.domain.telling import MICRO, WIDE, Terms, Wanted, split
from services.knowledge.repository.ground import Ground

_Row = tuple[int, UUID | str]
"""Score in millionths, and article (as the driver gives it: most are never looked at again)."""
_WANTED = {
    "sqlite": "SELECT value->>0 AS question, value->>1 AS term, value->>2 AS idf FROM json_each($1)",
    "postgresql": """SELECT (value->>0)::int AS question, (value->>1) COLLATE "C" AS term, (value->>2)::float8 AS idf
        FROM json_array_elements($1::json)""",
}
_THE_PAIR = "p.term = w.term AND p.standing = c.standing AND p.article_id = c.article_id"
_PAIRS = {
    "sqlite": f"FROM wanted w CROSS JOIN chosen c CROSS JOIN kb_posting p WHERE {_THE_PAIR}",
    "postgresql": f"FROM wanted w CROSS JOIN chosen c CROSS JOIN LATERAL (SELECT p.* FROM kb_posting p WHERE {_THE_PAIR} OFFSET 0) p",
}
_STANDING = "(SELECT d.standing FROM kb_doc d WHERE d.article_id = listed.article_id)"
_LISTED = {
    "sqlite": f"SELECT article_id, {_STANDING} AS standing FROM (SELECT value AS article_id FROM json_each($4)) listed",
    "postgresql": f"""SELECT article_id, {_STANDING} AS standing
        FROM (SELECT value::uuid AS article_id FROM json_array_elements_text($4::json)) listed""",
}
"""Articles by their ids alone: to carry the standing through the ranking would cost more than to look it up for those that are left."""
_CHOSEN = {
    "sqlite": "SELECT value->>0 AS article_id, value->>1 AS standing FROM json_each($2)",
    "postgresql": 'SELECT (value->>0)::uuid AS article_id, (value->>1) COLLATE "C" AS standing FROM json_array_elements($2::json)',
}


async def candidates(tx: Tx, questions: Sequence[Terms], seen: Ground, limit: int) -> list[list[UUID]]:
    """Return per question its best `limit` articles by words."""
    parts = [split(terms) for terms in questions]
    wide = max(limit, WIDE) if any(frequent for _, frequent in parts) else limit
    found = await _ranked(tx, [telling for telling, _ in parts], seen, wide)
    for number, (_, frequent) in enumerate(parts):
        if frequent and found[number]:
            found[number] = await _moved(tx, found[number], frequent, seen)
    return [[_id(article) for _, article in rows[:limit]] for rows in found]


async def _ranked(tx: Tx, questions: Sequence[Sequence[Wanted]], seen: Ground, limit: int) -> list[list[_Row]]:
    wanted = [(number, one.term, one.idf) for number, terms in enumerate(questions) for one in terms]
    found: list[list[_Row]] = [[] for _ in questions]
    if wanted and seen.standings:
        statement = _ranking(tx.dialect_name, len(seen.standings), many=len(questions) > 1)
        lengths = (seen.corpus.title_length, seen.corpus.text_length)
        for question, score, article in await tx.raw(statement, _list(wanted), *lengths, limit, *seen.standings):
            found[question].append((score, article))
    return found


async def _moved(tx: Tx, rows: Sequence[_Row], frequent: Sequence[Wanted], seen: Ground) -> list[_Row]:
    """Add what the frequent terms are worth in the candidates, and order them anew."""
    wanted = [(0, one.term, one.idf) for one in frequent]
    lengths = (seen.corpus.title_length, seen.corpus.text_length)
    worth = await tx.raw(_looking_up(tx.dialect_name), _list(wanted), *lengths, _list([str(article) for _, article in rows]))
    added: dict[UUID | str, int] = dict(tuple(row) for row in worth)
    moved = [(score + added.get(article, 0), article) for score, article in rows]
    return sorted(moved, key=lambda row: (-row[0], str(row[1])))


@lru_cache
def _ranking(dialect: str, standings: int, *, many: bool) -> str:
    """Return the ranking statement; the sum is ranking.parts, and rounding before ordering makes both databases agree."""
    visible = ", ".join(f"${5 + at}" for at in range(standings))
    question, apart = ("w.question", "w.question, p.article_id") if many else ("0", "p.article_id")
    scored = f"""
        WITH wanted AS MATERIALIZED ({_WANTED[dialect]}),
        scored AS (
            SELECT {question} AS question, {_SCORE} AS score, p.article_id
            FROM wanted w CROSS JOIN kb_posting p WHERE p.term = w.term AND p.standing IN ({visible}) GROUP BY {apart}
        )
    """
    one = "SELECT question, score, article_id FROM scored ORDER BY score DESC, article_id LIMIT $4"
    each = """,
        placed AS (SELECT scored.*, row_number() OVER (PARTITION BY question ORDER BY score DESC, article_id) AS place FROM scored)
        SELECT question, score, article_id FROM placed WHERE place <= $4 ORDER BY question, place
    """
    return scored + (each if many else one)


@lru_cache
def _looking_up(dialect: str) -> str:
    """Return the statement that says what some terms are worth in some articles: one step into the key for each pair."""
    return f"""
        WITH wanted AS MATERIALIZED ({_WANTED[dialect]}), chosen AS MATERIALIZED ({_LISTED[dialect]})
        SELECT p.article_id, {_SCORE} AS score {_PAIRS[dialect]} GROUP BY p.article_id
    """


async def worth(tx: Tx, idfs: Mapping[str, float], standings: Mapping[UUID, str], corpus: Corpus) -> dict[UUID, list[Part]]:
    """Return what each of these terms adds to each of these articles, by one step into the key for each pair."""
    wanted = [(0, term, 0.0) for term in idfs]
    chosen = [(one.hex if tx.dialect_name == "sqlite" else str(one), standing) for one, standing in standings.items()]
    held: dict[UUID, list[Part]] = {}
    if wanted and chosen:
        for article, *rest in await tx.raw(_holding(tx.dialect_name), _list(wanted), _list(chosen)):
            one = Occurrence(*rest)
            held.setdefault(_id(article), []).append(parts(one, idfs[one.term], corpus))
    return held


@lru_cache
def _holding(dialect: str) -> str:
    return f"""
        WITH wanted AS MATERIALIZED ({_WANTED[dialect]}), chosen AS MATERIALIZED ({_CHOSEN[dialect]})
        SELECT p.article_id, p.term, p.in_title, p.in_text, p.title_length, p.text_length {_PAIRS[dialect]}
    """


def _field(name: str, place: int, weight: float) -> str:
    occurrences = f"CAST(p.in_{name} AS DOUBLE PRECISION)"
    return f"{weight * (K1 + 1)} * {occurrences} / ({occurrences} + {K1 * (1 - B)} + {K1 * B} * p.{name}_length / CAST(${place} AS DOUBLE PRECISION))"


_SCORE = f"CAST(round({MICRO} * sum(w.idf * ({_field('title', 2, TITLE_WEIGHT)} + {_field('text', 3, TEXT_WEIGHT)}))) AS BIGINT)"


def _list(rows: Sequence[object]) -> str:
    return orjson.dumps(rows).decode()


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(hex=value)
