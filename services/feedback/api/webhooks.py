"""Doors for review platforms, and the sources that open them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel

from services.feedback import repository
from services.feedback.api.trustpilot import SOURCE, events_of
from services.feedback.use_cases.hear_reviews import PutWebhookSource, hear_reviews, put_webhook_source, source_of_secret
from services.kit.auth import Principal
from services.kit.errors import MalformedBody
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Read, RuntimeDep, Write, public, requires
from services.kit.strict import parse_json

router = APIRouter(tags=["webhooks"])


class Heard(BaseModel):
    """How many events were understood; unknown ones are kept as well."""

    processed: int


class SourceView(View):
    """A source of reviews, without its secret."""

    key: str
    kind: str
    reference_kind: str
    previous_until: datetime | None
    version: int


class NewSourceView(SourceView):
    """A source as it was put; `secret` is the last part of the address, shown this once, null when it did not change."""

    secret: str | None


class WebhookEventView(View):
    """One event that a platform sent, and what became of it."""

    id: UUID
    source_key: str
    name: str
    outcome: str
    item_id: UUID | None
    received_at: datetime


@router.post("/v1/webhooks/trustpilot/{secret}", response_model=Heard)
async def post_trustpilot(
    secret: str, request: Request, read: Read, runtime: RuntimeDep, _: Annotated[None, public("Trustpilot signs nothing: the address is the secret")]
) -> Heard:
    """Hear Trustpilot. Always 200 for the right address, so that an odd test call or a new kind of event never makes the platform give up."""
    source = await read(source_of_secret, SOURCE, secret)
    try:
        payload = parse_json(await request.body())
    except MalformedBody:
        return Heard(processed=0)
    events = events_of(payload, source.reference_kind, runtime.clock.now())
    return Heard(processed=await runtime.write(hear_reviews, source.key, events) if events else 0)


@router.put("/v1/webhook-sources/{key}", response_model=NewSourceView)
async def put_source(
    key: Code, command: PutWebhookSource, write: Write, runtime: RuntimeDep, _: Annotated[Principal, requires("feedback:admin")]
) -> Response:
    """Create or change a source; its address is `/feedback/v1/webhooks/{kind}/{secret}`."""
    return await write(put_webhook_source, key, command, runtime.settings.secret_grace_hours, view=NewSourceView)


@router.get("/v1/webhook-sources", response_model=list[SourceView])
async def list_sources(read: Read, _: Annotated[Principal, requires("feedback:admin")]) -> list[SourceView]:
    """List the sources."""
    return [SourceView.model_validate(one) for one in await read(repository.webhook_sources)]


@router.get("/v1/items/{item_id}/versions", response_model=list[WebhookEventView])
async def list_versions(item_id: UUID, read: Read, _: Annotated[Principal, requires("feedback:read")]) -> list[WebhookEventView]:
    """List what a platform sent about one review, oldest first."""
    return [WebhookEventView.model_validate(one) for one in await read(repository.webhook_events, item_id)]


@router.get("/v1/unknown-webhook-events", response_model=list[WebhookEventView])
async def list_unknown(read: Read, _: Annotated[Principal, requires("feedback:admin")]) -> list[WebhookEventView]:
    """List the newest hundred events that we did not understand."""
    return [WebhookEventView.model_validate(one) for one in await read(repository.unknown_webhook_events, 100)]
