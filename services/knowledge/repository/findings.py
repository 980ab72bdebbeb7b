"""What a found article shows: its head, the snippet, and why it stands where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.knowledge.contract import FoundArticle
from services.knowledge.domain.head import Head
from services.knowledge.domain.mixing import Background, Scale, boosts, is_answer, mixed
from services.knowledge.domain.ranking import PLACES, Corpus, Occurrence, parts
from services.knowledge.domain.snippet import snippet
from services.knowledge.domain.standing import Standing, decode
from services.knowledge.domain.telling import AskedWord, Terms, Wanted, told
from services.knowledge.domain.vectors import Meaning
from services.knowledge.repository.backend import Survey
from services.knowledge.repository.facts import Facts

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
    adding: list[_Part]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the candidates, for all questions at once."""

    facts: Mapping[UUID, Facts]
    held: Mapping[UUID, list[Occurrence]]


async def describe(asked: Sequence[Asked], survey: Survey, limit: int) -> list[list[FoundArticle]]:
    """Return per question its best articles with snippet and explanation; what is not visible any more is passed over."""
    known = await _known(asked, survey)
    ranked = [_ranked(one, known, survey.seen.corpus)[:limit] for one in asked]
    shown = await survey.heads({one.article_id: one.standing.kind for found in ranked for one in found})
    return [
        [_found(one, shown[one.article_id], question) for one in found if one.article_id in shown]
        for question, found in zip(asked, ranked, strict=True)
    ]


async def _known(asked: Sequence[Asked], survey: Survey) -> _Known:
    facts = await survey.facts({article for one in asked for article in one.candidates})
    terms = sorted({term for one in asked for term in one.terms})
    return _Known(facts, await survey.occurrences(terms, {one: fact.standing for one, fact in facts.items()}))


def _ranked(asked: Asked, known: _Known, corpus: Corpus) -> list[_Scored]:
    adding = {one: _adding(known.held.get(one, []), asked.terms, corpus) for one in asked.candidates if one in known.facts}
    words = {one: round(sum(title + text for _, title, text in added), PLACES) for one, added in adding.items()}
    meaning = asked.meaning
    nearest = meaning.nearest[0][1] if meaning and meaning.nearest else 0.0
    scale = Scale(max(words.values(), default=0.0), meaning.background.usual if meaning else 0.0, nearest, asked.known_share)
    found = []
    for one, added in adding.items():
        facts, closeness = known.facts[one], meaning.closeness(one) if meaning else None
        standing = decode(facts.standing)
        base = words[one] if meaning is None else mixed(words[one], closeness, scale)
        raised = boosts(state=standing.state, links=facts.links, overdue=facts.overdue)
        score = round(base * (1 + sum(raised.values())), PLACES)
        found.append(_Scored(one, standing, words[one], closeness, raised, score, added))
    return sorted((one for one in found if one.score > 0), key=lambda one: (-one.score, one.article_id.int))


def _found(one: _Scored, head: Head, asked: Asked) -> FoundArticle:
    share = told(asked.words, [term.term for term, _, _ in one.adding])
    shown = {
        "article_id": one.article_id,
        "kind": one.standing.kind,
        "title": head.title,
        "language": head.language,
        "state": one.standing.state,
        "audience": one.standing.audience,
        "version": head.version,
        "snippet": snippet(head.plain, head.language, frozenset(asked.terms)),
        "score": one.score,
        "words": one.words,
        "closeness": one.closeness,
        "told": share,
        "likely": is_answer(share, one.closeness, asked.background),
        "boosts": one.boosts,
        "because": _because(one.adding),
    }
    return FoundArticle.model_validate(shown)  # with all that is in it at once, which takes a third of the time of one by one


def _adding(held: Sequence[Occurrence], wanted: Terms, corpus: Corpus) -> list[_Part]:
    return [(term, *parts(one, term.idf, corpus)) for one in held if (term := wanted.get(one.term)) is not None]


def _because(adding: Sequence[_Part]) -> list[dict[str, Any]]:
    """Return a TermScore for each part, strongest first."""
    found = [
        {"word": term.word, "term": term.term, "corrected": term.corrected, "title": round(title, PLACES), "body": round(text, PLACES)}
        for term, title, text in adding
    ]
    return sorted(found, key=lambda part: (-(part["title"] + part["body"]), part["term"]))
