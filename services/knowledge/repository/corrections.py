"""Which words a searcher may have meant: only such as stand in what they may see."""

from collections.abc import Iterable

from sqlalchemy import and_, or_, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.contract import Correction
from services.knowledge.domain.analysis import Token
from services.knowledge.domain.spelling import LARGEST_CHOICE, allowed_edits, nearest
from services.knowledge.models import Word
from services.knowledge.repository.backend import Survey

MOST_CORRECTED = 32
"""Unknown words of one call that are corrected."""


async def corrections(tx: Tx, asked: Iterable[list[tuple[Token, ...]]], holding: dict[str, int], survey: Survey) -> dict[str, list[str]]:
    """Return for each term that is in no visible article the visible words that it may stand for; adds their counts to `holding`."""
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
    looked_up = sorted(missing)[:MOST_CORRECTED]
    near = [
        and_(
            col(Word.length).between(len(term) - allowed_edits(term), len(term) + allowed_edits(term)),
            or_(col(Word.initial) == term[0], col(Word.final) == term[-1]),
        )
        for term in looked_up
    ]
    vocabulary = [row["term"] for row in await tx.rows(select(col(Word.term)).where(or_(*near)))]
    choice = {term: nearest(term, vocabulary) for term in looked_up}
    known = await survey.holdings({word for candidates in choice.values() for word in candidates})
    holding.update(known)
    return {term: [word for word in candidates if word in known][:LARGEST_CHOICE] for term, candidates in choice.items()}


def taken(question: str, asked: list[tuple[Token, ...]], meant: dict[str, list[str]]) -> list[Correction]:
    """Return what was searched instead of which typed words."""
    words: dict[str, list[str]] = {}
    for word in asked:
        for token in word:
            for known in meant.get(token.term, ()):
                words.setdefault(question[token.start : token.end], []).append(known)
    return [Correction(word=word, taken_as=list(dict.fromkeys(known))) for word, known in words.items()]
