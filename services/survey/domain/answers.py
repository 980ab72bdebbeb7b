"""From what was ticked and typed to answers, or to the problems that the customer can put right."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.survey.domain.design import SCALES, Kind, Question, Questionnaire

LONGEST_TEXT = 5000
"""Characters; the same limit stands beside the text field."""
CONTACT_CHANNELS = ("voice", "email", "message")
CONTACT_TIMES = ("any", "morning", "afternoon", "evening")


class Problem(StrEnum):
    """What is wrong with an answer."""

    MISSING = "missing"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"
    UNKNOWN_QUESTION = "unknown_question"


@dataclass(frozen=True, slots=True)
class Answer:
    """One valid answer: a score on the question's own scale, a choice, or a text."""

    question: Question
    score: int | None = None
    choice: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A read answer sheet; only one without problems may be recorded."""

    answers: list[Answer]
    problems: dict[str, Problem]
    """Question key to what is wrong, in the order of the questions."""

    @property
    def comment(self) -> str | None:
        """The first text, or None."""
        return next((answer.text for answer in self.answers if answer.text), None)

    @property
    def wants_contact(self) -> bool:
        """Whether the customer ticked that we should get in touch."""
        return any(answer.question.kind is Kind.CONTACT_ME for answer in self.answers)


def read_sheet(questionnaire: Questionnaire, given: Mapping[str, str], *, complete: bool = True) -> Sheet:
    """Read `given` (question key to value; several choices with commas between) against the questions.

    An empty value is no answer. What a follow-up question got that was not asked, because its condition does not hold, is dropped.
    `complete` False takes a sheet that was broken off: required answers may then be missing.
    """
    answers: list[Answer] = []
    problems: dict[str, Problem] = {}
    asked: dict[str, str] = {}
    for question in questionnaire.questions:
        value = given.get(question.key, "").strip()
        if question.show_if and not question.show_if.holds(asked):
            continue
        if not value:
            if question.required and complete:
                problems[question.key] = Problem.MISSING
            continue
        asked[question.key] = value
        found = _read_one(question, value)
        if isinstance(found, Problem):
            problems[question.key] = found
        else:
            answers += found
    known = {question.key for question in questionnaire.questions}
    problems |= dict.fromkeys((key for key in given if key not in known), Problem.UNKNOWN_QUESTION)
    return Sheet(answers, problems)


def _read_one(question: Question, value: str) -> list[Answer] | Problem:
    if question.kind is Kind.TEXT:
        return Problem.TOO_LONG if len(value) > LONGEST_TEXT else [Answer(question, text=value)]
    if question.kind is Kind.CONTACT_ME:
        if value not in {"yes", "no"}:
            return Problem.NOT_A_CHOICE
        return [Answer(question, choice="yes")] if value == "yes" else []
    chosen = value.split(",") if question.kind is Kind.MULTI else [value]
    if not set(chosen) <= set(question.codes()):
        return Problem.NOT_A_CHOICE
    if question.kind in SCALES:
        return [Answer(question, score=int(value))]
    return [Answer(question, choice=code) for code in question.codes() if code in chosen]
