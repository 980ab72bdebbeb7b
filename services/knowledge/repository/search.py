"""Search: BM25 over the posting rows, mixed with meaning where vectors are ready; the same order on SQLite and PostgreSQL.

What the searcher may not see is left out before anything is counted: neither a score nor a correction tells of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.kit.db import Tx
from services.knowledge.contract import SearchView
from services.knowledge.domain.analysis import Token, is_pair, primary_language, words
from services.knowledge.domain.mixing import word_weight
from services.knowledge.domain.ranking import PLACES, Corpus, idf
from services.knowledge.domain.telling import AskedWord, Terms, Wanted, told
from services.knowledge.domain.vectors import Meaning
from services.knowledge.repository.backend import ROWS, SearchBackend
from services.knowledge.repository.corrections import corrections, taken
from services.knowledge.repository.findings import Asked, describe
from services.knowledge.repository.ground import Scope

LARGEST_QUESTION = 32
"""Terms of a question that are searched: the most telling ones."""
UNKNOWN_PAIR = 0.5
"""Of a word, what a pair of letters without spaces counts that no article has: half of the pairs are no words."""
MOST_LANGUAGES = 8
"""Languages that a question without one may be written in: those with most articles."""
SPARE = 10
"""Articles that are ranked beyond those wanted, since boosts and meaning may still move them."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for."""

    text: str
    language: str | None
    """None when it may be in any language that articles have."""
    meaning: Meaning | None = None
    """None: only its words are searched."""


async def find(tx: Tx, question: Question, scope: Scope, limit: int, backend: SearchBackend = ROWS) -> SearchView:
    """Return the best articles for one question."""
    return (await find_all(tx, [question], scope, limit, backend=backend))[0]


async def find_json(tx: Tx, question: Question, scope: Scope, limit: int, backend: SearchBackend = ROWS) -> bytes:
    """Return the same as a SearchView is written, without making one."""
    return orjson.dumps((await _find(tx, [question], scope, limit, backend))[0])


async def find_all(
    tx: Tx, questions: Sequence[Question], scope: Scope, limit: int, *, correct: bool = True, backend: SearchBackend = ROWS
) -> list[SearchView]:
    """Return the best articles for each question, in as many statements as for one."""
    return [SearchView.model_validate(one) for one in await _find(tx, questions, scope, limit, backend, correct=correct)]


async def _find(
    tx: Tx, questions: Sequence[Question], scope: Scope, limit: int, backend: SearchBackend, *, correct: bool = True
) -> list[dict[str, Any]]:
    """Return what a SearchView tells for each question, its names in their order."""
    survey = await backend.survey(tx, scope)
    seen = survey.seen
    asked = [words(question.text, _languages(question, seen.languages)) for question in questions]
    holding = await survey.holdings({token.term for one in asked for word in one for token in word})
    meant = await corrections(asked, holding, survey) if correct and seen.corpus.articles else {}
    wanted = [_wanted(question.text, one, seen.corpus, holding, meant) for question, one in zip(questions, asked, strict=True)]
    by_words = await survey.candidates(wanted, limit + SPARE)
    told_by = [_told_by(one, seen.corpus, holding, meant) for one in asked]
    looked_for = [
        Asked(terms, list(dict.fromkeys([*found, *_by_meaning(question.meaning)])), question.meaning, told(said, holding), _searched(said, terms))
        for question, said, terms, found in zip(questions, told_by, wanted, by_words, strict=True)
    ]
    results = await describe(looked_for, survey, limit)
    return [
        {
            "query": question.text,
            "answered": any(article["likely"] for article in found),
            "results": found,
            "corrections": taken(question.text, one, meant),
            "mixing": _mixing(mixing),
        }
        for question, one, mixing, found in zip(questions, asked, looked_for, results, strict=True)
    ]


def _mixing(asked: Asked) -> dict[str, float] | None:
    """Return what a MixingView tells."""
    if asked.meaning is None:
        return None
    seen = asked.meaning.background
    return {"words_share": word_weight(asked.known_share), "usual": seen.usual, "found_from": round(seen.usual + seen.bound, PLACES)}


def _by_meaning(meaning: Meaning | None) -> list[UUID]:
    if meaning is None or not meaning.background.answers(meaning.nearest[0][1]):
        return []
    return [article for article, closeness in meaning.nearest if meaning.background.goes_along(closeness)]


def _told_by(asked: Sequence[tuple[Token, ...]], corpus: Corpus, holding: Mapping[str, int], meant: Mapping[str, Sequence[str]]) -> list[AskedWord]:
    """Return what each word of a question tells by its idf, with what visible articles have of it."""
    found = []
    for word in asked:
        terms = frozenset(term for token in word for term in (meant.get(token.term) or [token.term]) if term in holding)
        unknown = idf(corpus, 0) * (UNKNOWN_PAIR if is_pair(word[0].term) else 1.0)
        found.append(AskedWord(terms, max((idf(corpus, holding[term]) for term in terms), default=unknown)))
    return found


def _searched(asked: Sequence[AskedWord], terms: Terms) -> list[AskedWord]:
    """Leave out the words of a long question that are not looked for: no article can be blamed for lacking them."""
    return [one for one in asked if not one.terms or any(term in terms for term in one.terms)]


def _languages(question: Question, spoken: Sequence[str]) -> list[str]:
    own = [primary_language(question.language)] if question.language else []
    return list(dict.fromkeys([*own, *spoken[:MOST_LANGUAGES]])) or ["en"]


def _wanted(question: str, asked: list[tuple[Token, ...]], corpus: Corpus, holding: dict[str, int], meant: dict[str, list[str]]) -> dict[str, Wanted]:
    chosen: dict[str, Wanted] = {}
    for word in asked:
        typed = question[word[0].start : word[0].end]
        for token in word:
            if token.term in holding and token.term not in meant:
                one = Wanted(typed, token.term, idf(corpus, holding[token.term]), holding[token.term], corrected=False)
                chosen.setdefault(token.term, one)
            for known in meant.get(token.term, ()):
                chosen.setdefault(known, Wanted(typed, known, idf(corpus, holding[known]), holding[known], corrected=True))
    telling = sorted(chosen.values(), key=lambda one: (-one.idf, one.term))[:LARGEST_QUESTION]
    return {one.term: one for one in telling}
