"""Anonymous surveys of employees: what is asked, and which groups may be shown without anybody being found out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.survey.domain.design import REQUIRED_AT_LEAST, SCALES, Dimension, Key, Question, Questionnaire

SMALLEST_GROUP = 5
"""Of fewer nothing is shown, and no group through whose absence fewer could be worked out."""
BATCH = 5
"""Answers are written anew in a drawn order once so many wait."""


class PulseDesign(BaseModel):
    """The content of a pulse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    questions: tuple[Question, ...] = Field(min_length=1, max_length=5)
    suggestions: bool = True
    """Whether there is a box for a suggestion."""
    bands: tuple[Key, ...] = Field(min_length=1, max_length=4)
    """What groups are made of, e.g. team, shift, site, tenure; fixed once links are given."""
    closes_at: datetime

    @model_validator(mode="after")
    def _must_keep_people_unknown(self) -> "PulseDesign":
        if any(question.kind not in SCALES or question.show_if or question.dimension is Dimension.SERVICE for question in self.questions):
            message = "a pulse asks scales alone, of everybody, and judges no person; words go into the suggestion box"
            raise ValueError(message)
        if len({question.key for question in self.questions}) != len(self.questions) or len(set(self.bands)) != len(self.bands):
            message = "two questions or two bands have one key"
            raise ValueError(message)
        if sum(question.required for question in self.questions) < min(REQUIRED_AT_LEAST, len(self.questions)):
            message = "two questions (or the only one) must be required: a blind click on send must record nothing"
            raise ValueError(message)
        if self.closes_at.tzinfo is None:
            message = "closes_at needs a time zone"
            raise ValueError(message)
        return self

    def as_questionnaire(self) -> Questionnaire:
        """Return the questions for the page; a pulse may have fewer required ones than a customer's survey."""
        return Questionnaire.model_construct(title=None, questions=self.questions)


def week_of(day: date) -> str:
    """Return the ISO week, the finest time that is kept of an answer, e.g. 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def showable(sizes: Mapping[str, int]) -> set[str]:
    """Return the groups that may be shown beside the total.

    Groups under the minimum are withheld; when the withheld together are fewer than the minimum, they could be worked out from the total,
    so the smallest shown ones are withheld with them until they cannot. (Complementary suppression.)
    """
    shown = {name for name, size in sizes.items() if size >= SMALLEST_GROUP}
    hidden = sum(size for name, size in sizes.items() if name not in shown)
    for name in sorted(shown, key=lambda one: (sizes[one], one)):
        if hidden == 0 or hidden >= SMALLEST_GROUP:
            break
        shown.discard(name)
        hidden += sizes[name]
    return shown


@dataclass(frozen=True, slots=True)
class Ballot:
    """One answer sheet as it is counted."""

    attributes: Mapping[str, str]
    answers: Mapping[str, int]
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What one group answered; `name` None is everybody."""

    name: str | None
    n: int
    counts: dict[str, dict[str, int]]
    """Question to step of the scale to how many chose it."""
    suggestions: list[str]


def results(design: PulseDesign, ballots: Sequence[Ballot], band: str | None) -> tuple[list[GroupResult], int]:
    """Return the total (when there are enough) and the groups of one band that may be shown, and how many groups are withheld."""
    if len(ballots) < SMALLEST_GROUP:
        return [], 0
    shown = [_counted(design, None, ballots)]
    if band is None:
        return shown, 0
    sizes = Counter(ballot.attributes.get(band, "") for ballot in ballots)
    allowed = showable(sizes)
    shown += [_counted(design, name, [one for one in ballots if one.attributes.get(band, "") == name]) for name in sorted(allowed)]
    return shown, len(sizes) - len(allowed)


def _counted(design: PulseDesign, name: str | None, ballots: Sequence[Ballot]) -> GroupResult:
    counts = {}
    for question in design.questions:
        given = Counter(str(ballot.answers[question.key]) for ballot in ballots if question.key in ballot.answers)
        counts[question.key] = {code: given[code] for code in question.codes()}
    return GroupResult(name, len(ballots), counts, sorted(ballot.suggestion for ballot in ballots if ballot.suggestion))
