"""Where voices come from by an address of their own, what those sources sent, and what could not be applied."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_of, raw_id
from services.feedback.contract import keeping

SourceKey = Annotated[str, strawberry.argument(description="The source's key.")]


@strawberry.type(description="A platform, a survey tool or a mail server that voices come from by an address of its own.")
class FeedbackSource:
    """A source."""

    key: str = strawberry.field(description="Its key.")
    kind: str = strawberry.field(description="What it is, e.g. trustpilot or email.")
    reference_kind: str = strawberry.field(description="What the platform's reference is with us: account, order or reference.")
    previous_until: datetime | None = strawberry.field(description="Until when the former address works; null when there is none.")
    version: int = strawberry.field(description="Grows with each change.")
    secret: str | None = strawberry.field(
        default=None, description="The last part of its address, /feedback/v1/webhooks/{kind}/{secret}: shown once, when it was made."
    )

    @classmethod
    def of(cls, view: keeping.SourceView) -> "FeedbackSource":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.input(description="A source. It replaces what was there; credentials that are left out stay.")
class FeedbackSourceInput:
    """See PUT /feedback/v1/webhook-sources/{key}."""

    kind: str = strawberry.field(description="What it is, e.g. trustpilot or email.")
    reference_kind: str | None = strawberry.field(default=None, description="account (when left out), order or reference.")
    new_secret: bool | None = strawberry.field(default=None, description="True: a new address; the former one works for some hours more.")
    signing_secret: str | None = strawberry.field(default=None, description="What the platform signs with; never shown.")
    api_url: str | None = strawberry.field(default=None, description="Base address of the platform's API, for public replies and for fetching.")
    api_token: str | None = strawberry.field(default=None, description="Token for that API; with a client, Google's refresh token. Never shown.")
    client_id: str | None = strawberry.field(default=None, description="At Google the OAuth client of the refresh token.")
    client_secret: str | None = strawberry.field(default=None, description="Its secret; never shown.")
    author_id: str | None = strawberry.field(default=None, description="Who answers there; at Feefo the merchant identifier.")


@strawberry.type(description="One event that a source sent, and what became of it.")
class FeedbackSourceEvent:
    """An event."""

    uid: UUID = strawberry.field(description="Its id.")
    source_key: str = strawberry.field(description="The source.")
    name: str = strawberry.field(description="What the source calls it.")
    outcome: str = strawberry.field(
        description="created, updated, deleted, repeated, stale, automatic (no person wrote it), to_fetch, unknown or unreadable."
    )
    item_id: UUID | None = strawberry.field(description="The item that it is about; null when about none.")
    received_at: datetime = strawberry.field(description="When it was applied.")

    @classmethod
    def of(cls, view: keeping.WebhookEventView) -> "FeedbackSourceEvent":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="A review that its platform only named, and whose text was not fetched yet.")
class ReviewToFetch:
    """A review that waits."""

    source_key: str = strawberry.field(description="The source.")
    external_id: str = strawberry.field(description="The platform's own id.")
    told_at: datetime = strawberry.field(description="When the platform told of it last.")
    failure: str | None = strawberry.field(description="Why it could not be fetched; null while it waits for its turn.")

    @classmethod
    def of(cls, view: keeping.ReviewToFetchView) -> "ReviewToFetch":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="How many reviews are tried again.")
class FetchedReviews:
    """What was asked for."""

    reviews: int = strawberry.field(description="The number.")


@strawberry.type(description="A call that was acknowledged and could not be applied.")
class FailedFeedbackCall:
    """A call that waits for a person."""

    uid: UUID = strawberry.field(description="Its id.")
    source_key: str = strawberry.field(description="The source.")
    kind: str = strawberry.field(description="The kind of source.")
    failure: str = strawberry.field(description="The kind of error.")
    received_at: datetime = strawberry.field(description="When it came.")

    @classmethod
    def of(cls, view: keeping.FailedCallView) -> "FailedFeedbackCall":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="How many calls are tried again.")
class ReplayedCalls:
    """What was asked for."""

    calls: int = strawberry.field(description="The number.")


@strawberry.type(description="What can be asked about sources.")
class SourcesQuery:
    """Part of the root."""

    @computed("Where voices come from by an address of their own, without the secrets.", scope="feedback:admin")
    async def feedback_sources(self, info: Info, first: First, after: After = None) -> Connection[FeedbackSource] | None:
        """Ask feedback."""
        context = at(info)
        return page_of(await context.clients.feedback.sources(context.caller), first, after, FeedbackSource.of, key=lambda one: one.key)

    @computed("The newest hundred events that wait for somebody: not understood, or not readable.", scope="feedback:admin")
    async def unknown_feedback_events(self, info: Info, first: First, after: After = None) -> Connection[FeedbackSourceEvent] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.unknown_events(context.caller)
        return page_of(listed, first, after, FeedbackSourceEvent.of, key=lambda one: str(one.id))

    @computed("The newest hundred reviews that a platform only named and whose text was not fetched yet.", scope="feedback:admin")
    async def reviews_to_fetch(self, info: Info, first: First, after: After = None) -> Connection[ReviewToFetch] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.reviews_to_fetch(context.caller)
        return page_of(listed, first, after, ReviewToFetch.of, key=lambda one: f"{one.source_key} {one.external_id}")

    @computed("What a platform sent about one item, oldest first.", scope="feedback:read")
    async def feedback_item_events(
        self,
        info: Info,
        item_id: Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")],
        first: First,
        after: After = None,
    ) -> Connection[FeedbackSourceEvent] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.item_events(context.caller, raw_id(str(item_id), ids.ITEM))
        return page_of(listed, first, after, FeedbackSourceEvent.of, key=lambda one: str(one.id))

    @computed("The newest hundred calls that were acknowledged and could not be applied.", scope="feedback:admin")
    async def failed_feedback_calls(self, info: Info, first: First, after: After = None) -> Connection[FailedFeedbackCall] | None:
        """Ask feedback."""
        context = at(info)
        listed = await context.clients.feedback.failed_calls(context.caller)
        return page_of(listed, first, after, FailedFeedbackCall.of, key=lambda one: str(one.id))


@strawberry.type(description="What can be changed in sources.")
class SourcesMutation:
    """Part of the root."""

    @changes("Create or change a source; a new secret is shown this once.")
    async def put_feedback_source(
        self,
        info: Info,
        key: SourceKey,
        input: Annotated[FeedbackSourceInput, strawberry.argument(description="The source.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FeedbackSource]:
        """Tell feedback."""
        context, body = at(info), body_of(input)
        return await performed(lambda: context.clients.feedback.put_source(context.caller, key, body, idempotency_key), FeedbackSource.of)

    @changes("Try every review again that could not be fetched.")
    async def fetch_reviews_again(self, info: Info, idempotency_key: IdempotencyKey = None) -> Payload[FetchedReviews]:
        """Tell feedback."""
        context = at(info)
        return await performed(
            lambda: context.clients.feedback.fetch_again(context.caller, idempotency_key), lambda view: FetchedReviews(reviews=view.reviews)
        )

    @changes("Try everything again that was acknowledged and could not be applied.")
    async def replay_failed_feedback_calls(self, info: Info, idempotency_key: IdempotencyKey = None) -> Payload[ReplayedCalls]:
        """Tell feedback."""
        context = at(info)
        return await performed(
            lambda: context.clients.feedback.replay_failed(context.caller, idempotency_key), lambda view: ReplayedCalls(calls=view.calls)
        )
