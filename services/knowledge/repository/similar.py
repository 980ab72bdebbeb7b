"""Which article already tells what a new one tells."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.domain.analysis import terms
from services.knowledge.domain.ranking import idf
from services.knowledge.domain.similarity import SAME_ISSUE, overlap
from services.knowledge.models import Posting
from services.knowledge.repository.ground import articles_for_agents, ground, holdings, holdings_of_articles
from services.knowledge.repository.search import Question, find_all

QUESTION_LENGTH = 2_000
"""Characters of a text that are searched for: its first terms say what it is about."""
_CANDIDATES = 5


async def similar_article(tx: Tx, article_id: UUID, text: str, language: str) -> tuple[UUID, float] | None:
    """Return the article of that language, other than the one itself, that tells the same issue, and how surely (0..1); or None."""
    scope = articles_for_agents(language)
    [found] = await find_all(tx, [Question(text[:QUESTION_LENGTH], language)], scope, _CANDIDATES, correct=False)
    candidates = [one.article_id for one in found.results if one.article_id != article_id]
    if not candidates:
        return None
    own = set(terms(text, language))
    seen = await ground(tx, scope)
    holding = await holdings(tx, own, seen) | await holdings_of_articles(tx, candidates, seen)
    theirs: dict[UUID, set[str]] = {}
    for row in await tx.rows(select(col(Posting.article_id), col(Posting.term)).where(col(Posting.article_id).in_(candidates))):
        theirs.setdefault(row["article_id"], set()).add(row["term"])
    weights = {term: idf(seen.corpus, holding.get(term, 0)) for term in own | set(holding)}
    similarity, best = max((round(overlap(own, theirs[one], weights), 6), one) for one in candidates)
    return (best, similarity) if similarity >= SAME_ISSUE else None
