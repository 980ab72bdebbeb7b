"""Employees' pulses and quality reviews: what is asked of people, and what reviewers found; asked and changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema.asking import paged
from gateway.schema.insight_kept import SCOPE, InsightKeptQuery
from gateway.schema.insight_queries import Slice, listed, query_of
from gateway.schema.relay import After, Connection, First, computed, mapped, page_from
from services.insight import contract
from services.kit.errors import InvalidInput

T = TypeVar("T")
FormKey = Annotated[str, strawberry.argument(description="The quality form.")]
Size = Annotated[int, strawberry.argument(description="How many contacts, 1 to 500.")]
Reviewer = Annotated[str | None, strawberry.argument(description="Only of this reviewer.")]
Seed = Annotated[int, strawberry.argument(description="The same seed draws the same.")]
said = strawberry.field


def once(name: str, pairs: Sequence[tuple[str, T]]) -> dict[str, T]:
    """Return a list of keys and values as the mapping that REST takes; raises InvalidInput when a key is said twice: none may be lost silently."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidInput("Every key is named once.", pointer=f"/{name}")
    return found


@strawberry.type(description="A question of a pulse.")
class PulseQuestion:
    """A question."""

    key: str = said(description="The question's code.")
    text: str = said(description="What is asked.")


@strawberry.type(description="An attribute by which a pulse may be split.")
class PulseAttribute:
    """An attribute."""

    key: str = said(description="The attribute's code.")
    bands: list[str] = said(description="Its fixed values.")


@strawberry.type(description="An employees' pulse.")
class Pulse:
    """A pulse."""

    key: str = said(description="Its key.")
    title: str = said(description="Its title.")
    questions: list[PulseQuestion] = said(description="What is asked.")
    groups: list[PulseAttribute] = said(description="By what it may be split.")
    minimum: int = said(description="The least number of sheets behind anything shown.")
    created_at: datetime = said(description="When it was declared.")
    version: int = said(description="Grows with each change.")

    @classmethod
    def of(cls, view: contract.PulseView) -> "Pulse":
        """Build it from the view."""
        questions = [PulseQuestion(key=key, text=text) for key, text in view.questions.items()]
        return mapped(cls, view, questions=questions, groups=[PulseAttribute(key=key, bands=bands) for key, bands in view.groups.items()])


@strawberry.type(description="Sheets that were handed in; nothing says which came first, or from whom.")
class SheetsTaken:
    """Sheets."""

    pulse: str = said(description="The pulse.")
    sheets: int = said(description="How many were handed in together.")


@strawberry.type(description="One opportunity for a critical error.")
class QualityLine:
    """A line."""

    key: str = said(description="The line's key.")
    name: str = said(description="Its name.")
    kind: str = said(description="customer, business or compliance.")


@strawberry.type(description="What reviewers look for.")
class QualityForm:
    """A form."""

    key: str = said(description="The form.")
    version: int = said(description="A change is a new version; old reviews keep theirs.")
    name: str = said(description="Its name.")
    lines: list[QualityLine] = said(description="The opportunities.")
    created_at: datetime = said(description="When this version was made.")

    @classmethod
    def of(cls, view: contract.QualityFormView) -> "QualityForm":
        """Build it from the view."""
        return mapped(cls, view, lines=[QualityLine(key=one["key"], name=one["name"], kind=one["kind"]) for one in view.lines])


@strawberry.type(description="What was found at one line of a form.")
class QualityMark:
    """A mark."""

    line: str = said(description="The line's key.")
    mark: str = said(description="ok, error, or na where there was no opportunity.")


@strawberry.type(description="One contact judged by one reviewer.")
class QualityReview:
    """A review."""

    uid: UUID = said(description="The id in REST.")
    contact_id: UUID = said(description="The contact.")
    form: str = said(description="The form.")
    form_version: int = said(description="Its version.")
    reviewer: str = said(description="Who judged.")
    marks: list[QualityMark] = said(description="What was found, line by line.")
    reviewed_at: datetime = said(description="When.")

    @classmethod
    def of(cls, view: contract.ReviewView) -> "QualityReview":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id, marks=[QualityMark(line=line, mark=mark) for line, mark in view.lines.items()])


@strawberry.input(description="A question of a pulse, answered by 1 to 5.")
class PulseQuestionInput:
    """A question."""

    key: str = said(description="The question's code.")
    text: str = said(description="What is asked.")


@strawberry.input(description="An attribute by which a pulse may be split.")
class PulseAttributeInput:
    """An attribute."""

    key: str = said(description="The attribute's code.")
    bands: list[str] = said(description="At least two fixed values; a free one would name a person.")


@strawberry.input(description="A pulse: its questions, and by what it may be split.")
class SetPulseInput:
    """See PUT /insight/v1/pulses/{key}."""

    title: str = said(description="Its title.")
    questions: list[PulseQuestionInput] = said(description="What is asked.")
    groups: list[PulseAttributeInput] | None = said(default=None, description="By what it may be split; not at all when left out.")
    minimum: int | None = said(default=None, description="The least number of sheets behind anything shown; 5 when left out, never fewer.")

    def body(self) -> dict[str, Any]:
        """Return it as insight takes it."""
        least = {} if self.minimum is None else {"minimum": self.minimum}
        questions = once("questions", [(one.key, one.text) for one in self.questions])
        return {"title": self.title, "questions": questions, "groups": once("groups", [(one.key, one.bands) for one in self.groups or ()]), **least}


@strawberry.input(description="The band of a sheet in one attribute.")
class SheetBandInput:
    """A band."""

    key: str = said(description="The attribute's code.")
    band: str = said(description="One of its fixed values.")


@strawberry.input(description="The answer to one question.")
class SheetScoreInput:
    """A score."""

    key: str = said(description="The question's code.")
    score: int = said(description="1 to 5.")


@strawberry.input(description="One person's answers without the person.")
class SheetInput:
    """A sheet."""

    groups: list[SheetBandInput] = said(description="Every attribute of the pulse once.")
    scores: list[SheetScoreInput] = said(description="At least one answer.")
    comment: str | None = said(default=None, description="Words, if any.")

    def body(self) -> dict[str, Any]:
        """Return it as insight takes it."""
        words = {} if self.comment is None else {"comment": self.comment}
        groups = once("sheets", [(one.key, one.band) for one in self.groups])
        return {"groups": groups, "scores": once("sheets", [(one.key, one.score) for one in self.scores]), **words}


@strawberry.input(description="A form with its lines.")
class QualityLineInput:
    """A line."""

    key: str = said(description="The line's key.")
    name: str = said(description="Its name.")
    kind: str = said(description="customer, business or compliance.")


@strawberry.input(description="What reviewers look for.")
class SetQualityFormInput:
    """See PUT /insight/v1/quality-forms/{key}."""

    name: str = said(description="Its name.")
    lines: list[QualityLineInput] = said(description="The opportunities, each with a key of its own.")


@strawberry.input(description="What was found at one line.")
class QualityMarkInput:
    """A mark."""

    line: str = said(description="The line's key.")
    mark: str = said(description="ok, error, or na where there was no opportunity.")


@strawberry.input(description="What a reviewer found in a contact; the reviewer is who sends it.")
class ReviewContactInput:
    """See POST /insight/v1/quality-forms/{key}/reviews."""

    contact_id: strawberry.ID = said(description="The contact.")
    marks: list[QualityMarkInput] = said(description="Every line of the form once.")

    def body(self) -> dict[str, Any]:
        """Return it as insight takes it."""
        return {"contact_id": str(self.contact_id), "lines": once("marks", [(one.line, one.mark) for one in self.marks])}


@strawberry.type(description="What is asked of employees and reviewers.")
class InsightPeopleQuery(InsightKeptQuery):
    """A part of the root of all questions, with what else is kept."""

    @computed("All employees' pulses as they are declared.", scope=SCOPE)
    async def pulses(self, info: Info) -> list[Pulse] | None:
        """Ask insight."""
        context = at(info)
        return [Pulse.of(one) for one in (await context.clients.insight.pulses(context.caller)).items]

    @computed("All quality forms in their newest version.", scope=SCOPE)
    async def quality_forms(self, info: Info) -> list[QualityForm] | None:
        """Ask insight."""
        context = at(info)
        return [QualityForm.of(one) for one in (await context.clients.insight.quality_forms(context.caller)).items]

    @computed("What reviewers found with a form, newest first; without a slice all of it.", scope=SCOPE)
    async def quality_reviews(
        self, info: Info, form: FormKey, first: First, after: After = None, reviewer: Reviewer = None, slice: Slice = None
    ) -> Connection[QualityReview] | None:  # fmt: skip
        """Ask insight."""
        context, query = paged(info, first, after, reviewer=reviewer)
        page = await context.clients.insight.reviews(context.caller, form, {**listed(slice), **query})
        return page_from(page.items, page.next_cursor, after, QualityReview.of)

    @computed("Contacts to review, drawn evenly over teams without those that were reviewed.", scope=SCOPE)
    async def quality_sample(self, info: Info, form: FormKey, size: Size = 20, seed: Seed = 0, slice: Slice = None) -> list[UUID] | None:
        """Ask insight."""
        context = at(info)
        return (await context.clients.insight.sample(context.caller, form, query_of(slice, size=size, seed=seed))).contacts
