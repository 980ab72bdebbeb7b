"""What feedback knows: what was said, what it is about, and who owes an answer."""

from datetime import datetime
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.person import Person
from gateway.schema.relay import Node, computed, global_id, mapped
from services.feedback import contract


@strawberry.type(description="One value on one axis, with its provenance.")
class Label:
    """A label."""

    axis: str = strawberry.field(description="driver, product, disposition, journey_stage, topic, sentiment or severity.")
    code: str = strawberry.field(description="The value.")
    confidence: float = strawberry.field(description="0 to 1.")
    decision: str = strawberry.field(description="auto, needs_review, unknown or person.")
    source: str = strawberry.field(description="Model, rule or person, with its version.")


@strawberry.type(description="A sentence that judges one side of what happened.")
class Aspect:
    """An aspect; its place is counted in the masked text."""

    dimension: str = strawberry.field(description="service, process or product.")
    sentiment: str = strawberry.field(description="negative or positive.")
    confidence: float = strawberry.field(description="0 to 1.")
    start: int = strawberry.field(description="Where in the text it begins.")
    end: int = strawberry.field(description="Where it ends.")


@strawberry.type(description="One normalised voice: an answer, a review, a call note.")
class FeedbackItem(Node):
    """A feedback item."""

    uid: UUID = strawberry.field(description="The id in REST.")
    source: str = strawberry.field(description="survey, trustpilot, call_note, rest and others.")
    kind: str = strawberry.field(description="answer, service_review, product_review, call_note, chat, email or idea.")
    state: str = strawberry.field(description="received (not read yet), categorised or removed.")
    customer_id: UUID | None = strawberry.field(description="Who said it; null while unknown.")
    contact_id: UUID | None = strawberry.field(description="About which contact; null when about none.")
    title: str | None = strawberry.field(description="Its heading; null without one.")
    text: str = strawberry.field(description="The words, personal data masked unless the reader may see it.")
    score: float | None = strawberry.field(description="The score on scaleMax; null without one.")
    scale_max: float | None = strawberry.field(description="5 for stars; null without a score.")
    language: str | None = strawberry.field(description="Detected language; null before.")
    sentiment: str | None = strawberry.field(description="negative, neutral or positive; null before it was judged.")
    severity: int | None = strawberry.field(description="1 (remark) to 4 (urgent); null before it was judged.")
    driver: str | None = strawberry.field(description="Why the customer had to speak; null while unknown.")
    department: str | None = strawberry.field(description="The department that caused it; null while unknown.")
    product: str | None = strawberry.field(description="The product; null while unknown.")
    reasons: list[str] = strawberry.field(description="Why it is as severe as it is, rule by rule.")
    emotion: str | None = strawberry.field(description="anger, sadness, joy or neutral; null before it was read.")
    aspects: list[Aspect] | None = strawberry.field(description="Sentences that judge service, process or product apart; null before it was read.")
    duplicate_of: UUID | None = strawberry.field(description="The item that it repeats; null for a voice of its own.")
    labels: list[Label] = strawberry.field(description="Every label with its confidence and source.")
    follow_up_id: UUID | None = strawberry.field(description="The follow-up that it led to; null when to none.")
    said_at: datetime = strawberry.field(description="When it was said.")

    @computed("The customer in short; null while unknown.")
    async def customer(self, info: Info) -> Person | None:
        """Load many in one call."""
        return None if self.customer_id is None else Person.maybe(await at(info).person(self.customer_id))

    @classmethod
    def of(cls, view: contract.ItemView) -> "FeedbackItem":
        """Build it from the view."""
        labels = [mapped(Label, label) for label in view.labels]
        aspects = None if view.aspects is None else [mapped(Aspect, one) for one in view.aspects]
        return mapped(cls, view, id=global_id(ids.ITEM, view.id), uid=view.id, labels=labels, aspects=aspects)


@strawberry.type(description="The duty to get back to this customer about this issue.")
class FollowUp(Node):
    """A follow-up."""

    uid: UUID = strawberry.field(description="The id in REST.")
    item_id: UUID = strawberry.field(description="The item that opened it.")
    customer_id: UUID | None = strawberry.field(description="The customer; null while unknown.")
    issue: str = strawberry.field(description="The driver, or general.")
    reason: str = strawberry.field(description="Which rule opened it.")
    state: str = strawberry.field(description="Where it stands in its life.")
    severity: int = strawberry.field(description="1 (remark) to 4 (urgent).")
    department: str | None = strawberry.field(description="The department that caused it; null while unknown.")
    owner: str | None = strawberry.field(description="Who owes the answer; null while nobody took it.")
    wants_call_back: bool = strawberry.field(description="Whether the customer wants to be called.")
    channel: str = strawberry.field(description="How they want to be reached.")
    language: str | None = strawberry.field(description="In which language; null when unknown.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    due_at: datetime = strawberry.field(description="Until when somebody must have answered.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody took it; null before.")
    contacted_at: datetime | None = strawberry.field(description="When the customer was reached; null before.")
    closed_at: datetime | None = strawberry.field(description="When it ended; null before.")
    outcome: str | None = strawberry.field(description="confirmed, not_recovered or no_answer; null before the end.")
    note: str | None = strawberry.field(description="The note at its end; null when there is none.")
    version: int = strawberry.field(description="Grows with each change.")

    @computed("The customer in short; null while unknown.")
    async def customer(self, info: Info) -> Person | None:
        """Load many in one call."""
        return None if self.customer_id is None else Person.maybe(await at(info).person(self.customer_id))

    @classmethod
    def of(cls, view: contract.FollowUpView) -> "FollowUp":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.FOLLOW_UP, view.id), uid=view.id)
