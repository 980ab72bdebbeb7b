"""Which words a searcher may have meant: only such as stand in what they may see."""

from collections.abc import Iterable
from typing import Any

from services.knowledge.domain.analysis import Token
from services.knowledge.domain.spelling import LARGEST_CHOICE, allowed_edits
from services.knowledge.repository.backend import Survey

MOST_CORRECTED = 32
"""Unknown words of one call that are corrected."""


async def corrections(asked: Iterable[list[tuple[Token, ...]]], holding: dict[str, int], survey: Survey) -> dict[str, list[str]]:
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
    choice = await survey.alike(sorted(missing)[:MOST_CORRECTED])
    known = await survey.holdings({word for candidates in choice.values() for word in candidates})
    holding.update(known)
    return {term: [word for word in candidates if word in known][:LARGEST_CHOICE] for term, candidates in choice.items()}


def taken(question: str, asked: list[tuple[Token, ...]], meant: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return what was searched instead of which typed words, each as a Correction tells it."""
    words: dict[str, list[str]] = {}
    for word in asked:
        for token in word:
            for known in meant.get(token.term, ()):
                words.setdefault(question[token.start : token.end], []).append(known)
    return [{"word": word, "taken_as": list(dict.fromkeys(known))} for word, known in words.items()]
