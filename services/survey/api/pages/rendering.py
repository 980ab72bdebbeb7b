"""From questions and answers to HTML."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.survey.domain.answers import CONTACT_CHANNELS, CONTACT_TIMES, LONGEST_TEXT, Problem
from services.survey.domain.design import SCALES, Dimension, Kind, Question, Questionnaire, language_of, wording_in
from services.survey.domain.wording import LANGUAGES, words_in
from services.survey.domain.wording.words import Words

FOLDER = Path(__file__).parent / "templates"
_ORDER = (Dimension.SERVICE, Dimension.RESOLUTION, Dimension.PROCESS, Dimension.PRODUCT, Dimension.RELATIONSHIP, Dimension.OPEN)


@dataclass(frozen=True, slots=True)
class Shown:
    """One choice as it is shown."""

    code: str
    text: str
    calls_for: str = ""
    """Style classes that bring up the follow-up questions of this choice."""


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question as it is shown."""

    key: str
    kind: str
    text: str
    language: str | None
    """Of the text, where it is not that of the page (WCAG 3.1.2)."""
    required: bool
    options: list[Shown]
    layout: str
    ends: tuple[str, str] | None
    given: tuple[str, ...]
    problem: str | None
    follows: str
    """Style class that hides it until it is called for; empty for a question that is always asked."""


@dataclass(frozen=True, slots=True)
class Block:
    """Questions that judge one thing; the agent and the process are never in one block."""

    heading: str | None
    questions: list[ShownQuestion]


@cache
def _environment() -> Environment:
    # Only our own templates are read, and every value is escaped.
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def style_sheet() -> tuple[str, str]:
    """Return the style sheet and its address, which changes with its content so that it may be cached for ever."""
    text = (FOLDER / "page.css").read_text()
    return text, f"/survey/static/page.css?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def render(template: str, language: str, brand: str, **values: object) -> str:
    """Return a page."""
    words = words_in(language)
    languages = [(tag, one.self_name) for tag, one in LANGUAGES.items()]
    known = {"language": language, "words": words, "brand": brand, "languages": languages, "sheet": style_sheet()[1]}
    return _environment().get_template(template).render(**known, **values)


def blocks_of(questionnaire: Questionnaire, language: str, given: Mapping[str, str], problems: Mapping[str, Problem]) -> list[Block]:
    """Return the questions in blocks by what they judge; whether the issue is resolved stands with the person who helped, where there is one."""
    words = words_in(language)
    headings = {
        Dimension.SERVICE: words.block_service,
        Dimension.RESOLUTION: words.block_resolution,
        Dimension.PROCESS: words.block_process,
        Dimension.PRODUCT: words.block_product,
        Dimension.RELATIONSHIP: words.block_relationship,
    }
    places = _Branches(questionnaire)
    blocks: dict[Dimension, list[ShownQuestion]] = {}
    for dimension in _ORDER:
        for question in questionnaire.questions:
            if question.dimension is dimension:
                place = Dimension.SERVICE if dimension is Dimension.RESOLUTION and Dimension.SERVICE in blocks else dimension
                blocks.setdefault(place, []).append(_shown(question, language, given, problems, places))
    return [Block(headings.get(dimension), questions) for dimension, questions in blocks.items()]


class _Branches:
    """Numbers the follow-up questions, so that style rules alone can show them: a choice `on2` brings up the question `if2`."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        following = [question for question in questionnaire.questions if question.show_if]
        self._numbers = {question.key: number for number, question in enumerate(following, start=1)}
        self._conditions = [(question.show_if, self._numbers[question.key]) for question in following if question.show_if]

    def follows(self, question: Question) -> str:
        return f"if{self._numbers[question.key]}" if question.key in self._numbers else ""

    def calls_for(self, question: Question, code: str) -> str:
        return " ".join(f"on{number}" for condition, number in self._conditions if condition.holds({question.key: code}))


def _shown(question: Question, language: str, given: Mapping[str, str], problems: Mapping[str, Problem], branches: _Branches) -> ShownQuestion:
    words = words_in(language)
    answer, problem = given.get(question.key, ""), problems.get(question.key)
    texts = _options(question, words, language)
    return ShownQuestion(
        key=question.key,
        kind=question.kind.value,
        text=wording_in(question.text, language),
        language=None if (spoken := language_of(question.text, language)) == language else spoken,
        required=question.required,
        options=[Shown(code, text, branches.calls_for(question, code)) for code, text in texts],
        layout={Kind.CSAT5: "faces", Kind.NPS11: "steps", Kind.CES7: "steps", Kind.RESOLVED: "row", Kind.THUMBS: "row"}.get(question.kind, "choices"),
        ends=_ends(question.kind, words),
        given=tuple(answer.split(",")) if question.kind is Kind.MULTI else (answer,),
        problem=problem_sentence(problem, None, words) if problem else None,
        follows=branches.follows(question),
    )


def _options(question: Question, words: Words, language: str) -> list[tuple[str, str]]:
    prefix = {Kind.CSAT5: "csat", Kind.RESOLVED: "resolved", Kind.THUMBS: "thumbs"}.get(question.kind)
    if prefix:
        return [(code, getattr(words, f"{prefix}_{code}")) for code in question.codes()]
    if question.options:
        return [(option.code, wording_in(option.text, language)) for option in question.options]
    return [(code, code) for code in question.codes()]


def _ends(kind: Kind, words: Words) -> tuple[str, str] | None:
    if kind not in {Kind.CES7, Kind.NPS11}:
        return None
    low, high = (words.agree_low, words.agree_high) if kind is Kind.CES7 else (words.likely_low, words.likely_high)
    return f"{SCALES[kind][0]}: {low}", f"{SCALES[kind][-1]}: {high}"


def problem_sentence(problem: Problem, question: str | None, words: Words) -> str:
    """Return what the customer can do about a problem; beside the question itself (`question` None) without repeating it."""
    sentences = {Problem.MISSING: words.problem_missing, Problem.TOO_LONG: words.problem_long}
    sentence = sentences.get(problem, words.problem_choice)
    if question is None:
        return sentence.partition("{question}")[0].rstrip(" :\uff1a").format(limit=LONGEST_TEXT)
    return sentence.format(question=question, limit=LONGEST_TEXT)


def contact_choices(words: Words) -> dict[str, list[tuple[str, str]]]:
    """Return the channels and the times of day to be contacted."""
    return {
        "channels": [(code, getattr(words, f"contact_{code}")) for code in CONTACT_CHANNELS],
        "times": [(code, getattr(words, f"time_{code}")) for code in CONTACT_TIMES],
    }


def answer_texts(questionnaire: Questionnaire, answers: Sequence[Mapping[str, Any]], language: str) -> list[tuple[str, str]]:
    """Return questions and answers as the customer read them; words that were added stand under the question that asked for more."""
    words = words_in(language)
    asked = {question.key: question for question in questionnaire.questions}
    shown: dict[str, list[str]] = {}
    for answer in answers:
        question = asked.get(answer["question"])
        value = answer["text"] or answer["choice"] or ("" if answer["score"] is None else str(answer["score"]))
        named = dict(_options(question, words, language)) if question else {}
        if question is not None and question.kind is Kind.CONTACT_ME:
            named = {"yes": words.resolved_yes}
        text = wording_in(question.text, language) if question else words.more_title
        shown.setdefault(text, []).append(named.get(value, value))
    return [(text, ", ".join(values)) for text, values in shown.items()]
