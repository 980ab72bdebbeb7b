"""What a survey asks: questions, each with a scale and the dimension that it judges."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

REQUIRED_AT_LEAST = 2
"""With two required answers a scanner that blindly clicks "send" records nothing."""
QUESTIONS_AT_MOST = 12

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]


class Kind(StrEnum):
    """The form of a question."""

    CSAT5 = "csat5"
    NPS11 = "nps11"
    CES7 = "ces7"
    RESOLVED = "resolved"
    THUMBS = "thumbs"
    SINGLE = "single"
    MULTI = "multi"
    TEXT = "text"
    CONTACT_ME = "contact_me"


class Dimension(StrEnum):
    """What a question judges; an agent's scorecard reads `service` alone."""

    SERVICE = "service"
    PROCESS = "process"
    PRODUCT = "product"
    RESOLUTION = "resolution"
    RELATIONSHIP = "relationship"
    OPEN = "open"


SCALES: dict[Kind, range] = {Kind.CSAT5: range(1, 6), Kind.NPS11: range(11), Kind.CES7: range(1, 8)}
RESOLUTIONS = ("yes", "partly", "no")
THUMBS = ("up", "down")
CHOOSING = frozenset({Kind.SINGLE, Kind.MULTI})
CONDITIONS_AT_MOST = 8
"""The page shows and hides follow-up questions by style rules alone, without a script; that many are prepared."""


class AfterAnswer(StrEnum):
    """What a link may still do once it was answered."""

    CLOSED = "closed"
    """Nothing: the first answer stands."""
    COMMENT = "comment"
    """The scores stand; the customer may add words once, on the page that thanks them."""
    LATEST = "latest"
    """The customer may answer again until the link expires; the latest answer counts, earlier ones are kept as revisions."""


def _in_english_too(texts: dict[str, str]) -> dict[str, str]:
    if "en" not in texts:
        message = "the English text (en) is missing; it is what readers of other languages fall back to"
        raise ValueError(message)
    return texts


Wording = Annotated[
    dict[
        Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")],
        Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)],
    ],
    Field(max_length=60),
    AfterValidator(_in_english_too),
]
"""BCP 47 language to sentence."""


class Option(BaseModel):
    """One choice of a `single` or `multi` question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Key
    text: Wording


class Condition(BaseModel):
    """A follow-up question is asked only when an earlier one was answered with one of these values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Key
    one_of: tuple[Annotated[str, StringConstraints(min_length=1, max_length=64)], ...] = Field(min_length=1, max_length=20)

    def holds(self, given: Mapping[str, str]) -> bool:
        """Say whether the answers call for the follow-up."""
        return given.get(self.question, "") in self.one_of


class Question(BaseModel):
    """One question; `options` belong to `single` and `multi` questions alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Key
    kind: Kind
    dimension: Dimension
    text: Wording
    required: bool = False
    options: tuple[Option, ...] = Field(default=(), max_length=20)
    show_if: Condition | None = None
    """None: always asked."""

    @model_validator(mode="after")
    def _must_fit_together(self) -> "Question":
        if (self.kind in CHOOSING) != bool(self.options):
            message = f"question {self.key}: options belong to single and multi choices, and those need them"
            raise ValueError(message)
        if len({option.code for option in self.options}) != len(self.options):
            message = f"question {self.key}: two options have one code"
            raise ValueError(message)
        if self.required and self.kind in {Kind.TEXT, Kind.CONTACT_ME}:
            message = f"question {self.key}: nobody is forced to write or to be contacted; text and contact_me are optional"
            raise ValueError(message)
        return self

    def codes(self) -> list[str]:
        """Return the values that an answer may have, in order; empty for free text."""
        if self.kind in SCALES:
            return [str(step) for step in SCALES[self.kind]]
        if self.kind in {Kind.RESOLVED, Kind.THUMBS}:
            return list(RESOLUTIONS if self.kind is Kind.RESOLVED else THUMBS)
        return [option.code for option in self.options]


class Questionnaire(BaseModel):
    """The content of one survey version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Wording | None = None
    """The heading of the page; None means the house's own `How did we do?`."""
    questions: tuple[Question, ...] = Field(min_length=1, max_length=QUESTIONS_AT_MOST)
    after_answer: AfterAnswer = AfterAnswer.CLOSED

    @model_validator(mode="after")
    def _must_hold_together(self) -> "Questionnaire":
        if len({question.key for question in self.questions}) != len(self.questions):
            message = "two questions have one key"
            raise ValueError(message)
        if sum(question.kind is Kind.CONTACT_ME for question in self.questions) > 1:
            message = "one contact_me question is enough"
            raise ValueError(message)
        if sum(question.required and not question.show_if for question in self.questions) < REQUIRED_AT_LEAST:
            message = f"at least {REQUIRED_AT_LEAST} questions must always be asked and required: a blind click on send must record nothing"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _must_branch_forward(self) -> "Questionnaire":
        earlier: dict[str, list[str]] = {}
        for question in self.questions:
            found = question.show_if
            if found and not set(found.one_of) <= set(earlier.get(found.question, ())):
                message = f"question {question.key}: show_if names an earlier question with a scale or single choice, and values of it"
                raise ValueError(message)
            earlier[question.key] = [] if question.kind is Kind.MULTI else question.codes()
        if sum(question.show_if is not None for question in self.questions) > CONDITIONS_AT_MOST:
            message = f"at most {CONDITIONS_AT_MOST} questions may depend on another"
            raise ValueError(message)
        return self


def language_of(texts: dict[str, str], language: str) -> str:
    """Return the language in which `wording_in` finds the sentence."""
    return next((one for one in (language, language.partition("-")[0]) if one in texts), "en")


def wording_in(texts: dict[str, str], language: str) -> str:
    """Return the sentence in `language`, else in its base language, else in English."""
    return texts[language_of(texts, language)]
