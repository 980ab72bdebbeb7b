"""Voices taken together: segments compared, an export of all that fit, themes named, and the suggestion box of the employees."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema.asking import paged, texts
from gateway.schema.feedback_found import Days, FeedbackShare, Theme, ThemeId
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_from, page_of
from services.feedback.contract import found, suggestions

EXPORT = "/feedback/v1/items/export"
BoxKey = Annotated[str, strawberry.argument(description="The box's key.")]


@strawberry.type(description="One value of an attribute; null where too few voices stand behind it.")
class FeedbackSlice:
    """A cell."""

    value: str = strawberry.field(description="The value.")
    voices: int | None = strawberry.field(description="How many voices; null when hidden.")
    negative: FeedbackShare | None = strawberry.field(description="The share that is negative; null when hidden.")
    mean_score_share: float | None = strawberry.field(description="Mean place on the scale, 0 worst to 1 best; null without scores.")


@strawberry.type(description="Voices by an attribute.")
class FeedbackSlices:
    """A comparison that names nobody."""

    attribute: str = strawberry.field(description="The attribute.")
    least: int = strawberry.field(description="Cells under so many voices are hidden, and never one alone.")
    since: datetime = strawberry.field(description="The beginning of the period.")
    hidden: int = strawberry.field(description="How many cells are hidden.")
    slices: list[FeedbackSlice] = strawberry.field(description="Value by value.")

    @classmethod
    def of(cls, view: found.Slices) -> "FeedbackSlices":
        """Build it from the view."""
        return nested(cls, view)


@strawberry.input(description="What an export is narrowed to; everything that is set must hold.")
class FeedbackFilterInput:
    """See GET /feedback/v1/items/export."""

    q: str | None = strawberry.field(default=None, name="words", description="Only with all these words, in any form of theirs.")
    customer_id: UUID | None = strawberry.field(default=None, description="Only of this record.")
    driver: str | None = strawberry.field(default=None, description="Only about this driver.")
    department: str | None = strawberry.field(default=None, description="Only what this department caused.")
    product: str | None = strawberry.field(default=None, description="Only about this product.")
    state: str | None = strawberry.field(default=None, description="imported, received, categorised or removed.")
    sentiment: str | None = strawberry.field(default=None, description="negative, neutral or positive.")
    emotion: str | None = strawberry.field(default=None, description="anger, sadness, joy or neutral.")
    severity: int | None = strawberry.field(default=None, description="1 (remark) to 4 (urgent).")
    decision: str | None = strawberry.field(default=None, description="auto, needs_review, unknown or person.")
    source: str | None = strawberry.field(default=None, description="Only from this source.")
    kind: str | None = strawberry.field(default=None, description="Only of this kind.")
    language: str | None = strawberry.field(default=None, description="Only in this language.")
    said_from: datetime | None = strawberry.field(default=None, description="Said at or after this moment.")
    said_to: datetime | None = strawberry.field(default=None, description="Said before this moment.")


@strawberry.type(description="Where everything that fits streams from, whatever its number.")
class ExportLink:
    """A link without a secret: whoever fetches it needs a key of their own."""

    path: str = strawberry.field(description="The path at this gateway: GET it with your key.")
    format: str = strawberry.field(description="ndjson (whole items with labels) or csv (one row each without them).")


@strawberry.type(description="A box that employees put suggestions in without being known.")
class SuggestionBox:
    """A box."""

    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name.")
    groups: JSON = strawberry.field(description="team, shift, site and tenure_band to the values that a writer may name, and never must.")
    open: bool = strawberry.field(description="Whether it takes anything in; its mailboxes stay open.")
    version: int = strawberry.field(description="Grows with each change.")
    secret: str | None = strawberry.field(
        default=None, description="The last part of its address, /feedback/v1/suggestion-box/{secret}: shown once, when it was made."
    )

    @classmethod
    def of(cls, view: suggestions.AdminBoxView) -> "SuggestionBox":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="One message of a mailbox.")
class SuggestionMessage:
    """A message."""

    from_writer: bool = strawberry.field(description="Whether the writer said it, and not the organisation.")
    text: str = strawberry.field(description="The words, masked.")
    day: date = strawberry.field(description="The day; no moment is kept.")


@strawberry.type(description="A suggestion with its messages. Nothing tells who wrote it.")
class Suggestion:
    """A suggestion."""

    uid: UUID = strawberry.field(description="The id in REST; drawn by lot.")
    box: str = strawberry.field(description="The box.")
    state: str = strawberry.field(description="new, answered, adopted or declined.")
    version: int = strawberry.field(description="Grows with each change.")
    day: date = strawberry.field(description="The day on which it was put in.")
    messages: list[SuggestionMessage] = strawberry.field(description="In their order; at most a hundred.")

    @classmethod
    def of(cls, view: suggestions.SuggestionView) -> "Suggestion":
        """Build it from the view."""
        return nested(cls, view, uid=view.id)


@strawberry.type(description="How many suggestions name a value of a group.")
class SuggestionCount:
    """A count."""

    value: str = strawberry.field(description="The value.")
    suggestions: int | None = strawberry.field(description="Null under five, and where it could be worked out from the others.")


@strawberry.input(description="A suggestion box. It replaces what was there.")
class SuggestionBoxInput:
    """See PUT /feedback/v1/suggestion-boxes/{key}."""

    name: str = strawberry.field(description="Its name.")
    groups: JSON | None = strawberry.field(default=None, description="team, shift, site and tenure_band to the values that may be named.")
    open: bool | None = strawberry.field(default=None, description="False: it takes nothing in; true when left out.")
    new_secret: bool | None = strawberry.field(default=None, description="True: a new address; the old one stops working.")


@strawberry.type(description="What can be asked about voices taken together.")
class VoicesQuery:
    """Part of the root."""

    @computed("Voices compared by segment or demographics; small cells are hidden.", scope="feedback:read")
    async def feedback_slices(
        self,
        info: Info,
        attribute: Annotated[str, strawberry.argument(description="The attribute, as it came with the voices.")],
        driver: Annotated[str | None, strawberry.argument(description="Only about this driver.")] = None,
        days: Days = 28,
        least: Annotated[int, strawberry.argument(description="The fewest voices of a cell that is shown; at least five.")] = 5,
    ) -> FeedbackSlices | None:
        """Ask feedback."""
        context = at(info)
        query = texts(driver=driver, days=days, least=least)
        return FeedbackSlices.of(await context.clients.feedback.slices(context.caller, attribute, query))

    @computed("Where all voices that fit can be fetched from. The filter is checked now.", scope="feedback:read")
    async def feedback_export(
        self,
        info: Info,
        filter: Annotated[FeedbackFilterInput | None, strawberry.argument(description="What to export; all when left out.")] = None,
        format: Annotated[str, strawberry.argument(description="ndjson or csv.")] = "ndjson",
    ) -> ExportLink | None:
        """Ask feedback for one item, so that a wrong filter is refused here and not when somebody follows the link."""
        context = at(info)
        chosen = texts(**({} if filter is None else body_of(filter)))
        await context.clients.feedback.items(context.caller, {**chosen, "limit": 1})
        return ExportLink(path=f"{EXPORT}?{urlencode({**chosen, 'format': format})}", format=format)

    @computed("The suggestion boxes, by key.", scope="feedback:admin")
    async def suggestion_boxes(self, info: Info, first: First, after: After = None) -> Connection[SuggestionBox] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.boxes(context.caller)
        return page_of(listed, first, after, SuggestionBox.of, key=lambda one: one.key)

    @computed("Suggestions, in an order drawn by lot.", scope="feedback:admin")
    async def suggestions(
        self,
        info: Info,
        first: First,
        after: After = None,
        box: Annotated[str | None, strawberry.argument(description="Only of this box.")] = None,
        state: Annotated[str | None, strawberry.argument(description="new, answered, adopted or declined.")] = None,
    ) -> Connection[Suggestion] | None:
        """Ask feedback."""
        context, query = paged(info, first, after, box=box, state=state)
        page = await context.clients.feedback.suggestions(context.caller, query)
        return page_from(page.items, page.next_cursor, after, Suggestion.of)

    @computed("How many suggestions name each value of a group; small groups are hidden.", scope="feedback:admin")
    async def suggestion_counts(
        self,
        info: Info,
        box: BoxKey,
        group: Annotated[str, strawberry.argument(description="team, shift, site or tenure_band.")],
        days: Days = 90,
    ) -> list[SuggestionCount] | None:
        """Ask feedback."""
        context = at(info)
        counted = await context.clients.feedback.group_counts(context.caller, box, group, texts(days=days))
        return [mapped(SuggestionCount, one) for one in counted.counts]


@strawberry.type(description="What can be changed about voices taken together.")
class VoicesMutation:
    """Part of the root."""

    @changes("Give a theme a name for people, or dismiss it for good.")
    async def name_theme(
        self,
        info: Info,
        theme_id: ThemeId,
        name: Annotated[str | None, strawberry.argument(description="What people call it; its own words when left out.")] = None,
        dismissed: Annotated[bool, strawberry.argument(description="Whether it means nothing.")] = False,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Theme]:
        """Tell feedback."""
        context, body = at(info), {"name": name, "dismissed": dismissed}
        return await performed(lambda: context.clients.feedback.name_theme(context.caller, str(theme_id), body, idempotency_key), Theme.of)

    @changes("Create or change a suggestion box; a new secret is shown this once.")
    async def put_suggestion_box(
        self,
        info: Info,
        key: BoxKey,
        input: Annotated[SuggestionBoxInput, strawberry.argument(description="The box.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[SuggestionBox]:
        """Tell feedback."""
        context, body = at(info), body_of(input)
        return await performed(lambda: context.clients.feedback.put_box(context.caller, key, body, idempotency_key), SuggestionBox.of)

    @changes("Answer into the mailbox of a suggestion, and say what became of it.")
    async def answer_suggestion(
        self,
        info: Info,
        suggestion_id: Annotated[UUID, strawberry.argument(description="The suggestion.")],
        text: Annotated[str, strawberry.argument(description="The words.")],
        state: Annotated[str, strawberry.argument(description="answered, adopted or declined.")] = "answered",
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Suggestion]:
        """Tell feedback."""
        context, body = at(info), {"text": text, "state": state}
        return await performed(
            lambda: context.clients.feedback.answer_suggestion(context.caller, suggestion_id, body, idempotency_key), Suggestion.of
        )
