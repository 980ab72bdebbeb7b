"""What a found article shows: its head, the snippet, and why it stands where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.knowledge.domain.head import Head
from services.knowledge.domain.mixing import Background, Scale, boosts, is_answer, mixed
from services.knowledge.domain.ranking import STEPS, Part
from services.knowledge.domain.snippet import stretch
from services.knowledge.domain.standing import Standing, decode
from services.knowledge.domain.telling import AskedWord, Terms, told
from services.knowledge.domain.vectors import Meaning
from services.knowledge.repository.backend import Survey
from services.knowledge.repository.facts import Facts


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


class _Scored(NamedTuple):
    article_id: UUID
    standing: Standing
    words: float
    closeness: float | None
    boosts: Mapping[str, float]
    score: float
    adding: Sequence[Part]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the candidates, for all questions at once."""

    facts: Mapping[UUID, Facts]
    worth: Mapping[UUID, Sequence[Part]]


async def describe(asked: Sequence[Asked], survey: Survey, limit: int) -> list[list[dict[str, Any]]]:
    """Return per question its best articles with snippet and explanation, each as a FoundArticle tells it; without what is not visible any more."""
    known = await _known(asked, survey)
    ranked = [_ranked(one, known)[:limit] for one in asked]
    shown = await survey.heads({one.article_id: one.standing.kind for found in ranked for one in found})
    return [
        [_found(one, shown[one.article_id], question) for one in found if one.article_id in shown]
        for question, found in zip(asked, ranked, strict=True)
    ]


async def _known(asked: Sequence[Asked], survey: Survey) -> _Known:
    facts = await survey.facts({article for one in asked for article in one.candidates})
    idfs = {term: wanted.idf for one in asked for term, wanted in one.terms.items()}
    return _Known(facts, await survey.worth(dict(sorted(idfs.items())), {one: fact.standing for one, fact in facts.items()}))


def _ranked(asked: Asked, known: _Known) -> list[_Scored]:
    visible: list[tuple[UUID, Facts, float, Sequence[Part]]] = []
    for one in asked.candidates:
        facts = known.facts.get(one)
        if facts is not None:
            its = [part for part in known.worth.get(one, ()) if part[0] in asked.terms]
            visible.append((one, facts, round(sum([title + text for _, title, text in its]) * STEPS) / STEPS, its))
    meaning = asked.meaning
    nearest = meaning.nearest[0][1] if meaning and meaning.nearest else 0.0
    scale = Scale(max([words for _, _, words, _ in visible], default=0.0), meaning.background.usual if meaning else 0.0, nearest, asked.known_share)
    found = []
    for one, facts, words, added in visible:
        closeness = meaning.closeness(one) if meaning else None
        standing = decode(facts.standing)
        base = words if meaning is None else mixed(words, closeness, scale)
        raised = boosts(state=standing.state, links=facts.links, overdue=facts.overdue)
        score = round(base * (1 + sum(raised.values())) * STEPS) / STEPS
        if score > 0:
            found.append(_Scored(one, standing, words, closeness, raised, score, added))
    return sorted(found, key=lambda one: (-one.score, one.article_id.int))


def _found(one: _Scored, head: Head, asked: Asked) -> dict[str, Any]:
    share = told(asked.words, [term for term, _, _ in one.adding])
    return {
        "article_id": str(one.article_id),
        "kind": one.standing.kind,
        "title": head.title,
        "language": head.language,
        "state": one.standing.state,
        "audience": one.standing.audience,
        "version": head.version,
        "snippet": stretch(head.plain, head.hits(asked.terms)),
        "score": one.score,
        "words": one.words,
        "closeness": one.closeness,
        "told": share,
        "likely": is_answer(share, one.closeness, asked.background),
        "boosts": one.boosts,
        "because": _because(one.adding, asked.terms),
    }


def _because(adding: Sequence[Part], wanted: Terms) -> list[dict[str, Any]]:
    """Return a TermScore for each part, strongest first."""
    found = []
    for term, by_title, by_text in adding:
        one, title, body = wanted[term], round(by_title * STEPS) / STEPS, round(by_text * STEPS) / STEPS
        found.append((-(title + body), term, {"word": one.word, "term": term, "corrected": one.corrected, "title": title, "body": body}))
    found.sort()  # no two have the same term
    return [part for _, _, part in found]
