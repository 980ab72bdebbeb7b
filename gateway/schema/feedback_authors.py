"""Voices that wait for their customer: how they are signed, who may have written them, and asking their authors."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.asking import or_none, texts
from gateway.schema.feedback import FeedbackItem
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import changes, computed, mapped, raw_id
from services.customers.contract.likely import LikelyAuthorView
from services.feedback.contract import found

AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]


@strawberry.type(description="Something that speaks for a customer as the author, or against them.")
class AuthorEvidence:
    """One sign."""

    kind: str = strawberry.field(description="name, short_name, met (had to do with us shortly before) or place (there).")
    holds: bool = strawberry.field(description="Whether it holds of this customer.")
    bits: float = strawberry.field(description="How strongly it speaks for them; below nought it speaks against them.")
    share: float = strawberry.field(description="Of how many of all customers it holds, 0 to 1.")
    sentence: str = strawberry.field(description="The evidence for a person to read.")


@strawberry.type(description="A customer who may have written a voice: a suggestion, never a link.")
class LikelyAuthor:
    """A likely author."""

    customer_id: UUID = strawberry.field(description="The customer; `matchFeedback` says that it is theirs.")
    probability: float = strawberry.field(description="From 0 to 1.")
    evidence: list[AuthorEvidence] = strawberry.field(description="What speaks for it, strongest first, and what against.")

    @classmethod
    def of(cls, view: LikelyAuthorView) -> "LikelyAuthor":
        """Build it from the view."""
        return mapped(cls, view, evidence=[mapped(AuthorEvidence, one) for one in view.evidence])


@strawberry.type(description="The question to the author of a review who they are.")
class ReviewerRequest:
    """A question."""

    state: str = strawberry.field(description="asking, asked, or failed.")
    message: str = strawberry.field(description="What the author was told.")
    asked_by: str = strawberry.field(description="Who asked.")
    asked_at: datetime = strawberry.field(description="When.")
    failure: str | None = strawberry.field(description="What the platform answered, in short; null while it refused nothing.")

    @classmethod
    def of(cls, view: found.ReviewerRequestView) -> "ReviewerRequest":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="What is known of the customer who keeps us waiting: the end of a key.")
class KeyEnding:
    """A key that nobody has."""

    kind: str = strawberry.field(description="account, platform, email, phone, order or reference.")
    ends_with: str = strawberry.field(description="Its last signs; empty for a short one.")


@strawberry.type(description="A voice that names a customer whom nobody found.")
class UnmatchedVoice:
    """A voice of nobody."""

    item: FeedbackItem = strawberry.field(description="The voice.")
    keys: list[KeyEnding] = strawberry.field(description="The keys that it came with.")
    author: str | None = strawberry.field(description="What its platform calls who wrote it; null where it does not say.")
    place: str | None = strawberry.field(description="The site or branch that it is about; null where the platform does not say.")
    reviewer_request: ReviewerRequest | None = strawberry.field(description="What its author was asked; null when nothing.")
    waiting_since: datetime = strawberry.field(description="When it came.")

    @computed("Who may have written it, by the name it is signed with, the likeliest first; empty when it is not signed.", scope="customers:read")
    async def likely_authors(self, info: Info) -> list[LikelyAuthor] | None:
        """Ask customers who has that name."""
        context = at(info)
        if self.author is None:
            return []
        asked = texts(name=self.author, written_at=self.item.said_at, place=self.place)
        return [LikelyAuthor.of(one) for one in await context.clients.customers.likely_authors(context.caller, asked)]

    @classmethod
    def of(cls, view: found.UnmatchedView) -> "UnmatchedVoice":
        """Build it from the view."""
        asked = ReviewerRequest.of(view.reviewer_request) if view.reviewer_request is not None else None
        return mapped(cls, view, item=FeedbackItem.of(view.item), keys=[mapped(KeyEnding, one) for one in view.keys], reviewer_request=asked)


@strawberry.type(description="Questions about voices of nobody.")
class AuthorsQuery:
    """Part of the root."""

    @computed("A voice that waits for its customer, and who may have written it; null when it waits for none.", scope="feedback:read")
    async def unmatched_voice(self, info: Info, item_id: AnyId) -> UnmatchedVoice | None:
        """Ask feedback."""
        context = at(info)
        voice = await or_none(context.clients.feedback.unmatched_one(context.caller, raw_id(str(item_id), ids.ITEM)))
        return None if voice is None else UnmatchedVoice.of(voice)


@strawberry.type(description="What can be done about voices of nobody.")
class AuthorsMutation:
    """Part of the root."""

    @changes("Ask the author of a Trustpilot review who they are, through Trustpilot, once.")
    async def ask_reviewer(
        self,
        info: Info,
        item_id: AnyId,
        message: Annotated[str, strawberry.argument(description="What the author is told.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[ReviewerRequest]:
        """Tell feedback."""
        context = at(info)

        async def change() -> Any:
            item = raw_id(str(item_id), ids.ITEM)
            return await context.clients.feedback.ask_reviewer(context.caller, item, {"message": message}, idempotency_key)

        return await performed(change, ReviewerRequest.of)
