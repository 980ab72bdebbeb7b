"""Doors for review platforms, and the sources that open them."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel

from services.feedback import repository
from services.feedback.api.platforms import PLATFORMS
from services.feedback.api.platforms.reading import Call
from services.feedback.domain.signatures import SIGNED_KINDS, is_signed
from services.feedback.models import WebhookSource
from services.feedback.use_cases.hear_reviews import UNREADABLE, ReviewEvent, hear_reviews
from services.feedback.use_cases.keep_sources import PutWebhookSource, credentials_of, put_webhook_source, source_of_secret
from services.kit.auth import Principal
from services.kit.errors import AntiphonError, MalformedBody
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Read, RuntimeDep, Write, public, requires
from services.kit.service import Runtime
from services.kit.strict import parse_json

router = APIRouter(tags=["webhooks"])
KEPT_BYTES = 64 * 1024
"""Of a call that is not JSON, so much is kept."""


class NotSigned(AntiphonError):
    """The source has a signing secret, and the call was not signed with it. Check the secret on both sides."""

    status = 401
    code = "feedback_webhook_not_signed"


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


@router.post("/v1/webhooks/{kind}/{secret}", response_model=Heard)
async def post_webhook(
    kind: Code,
    secret: str,
    request: Request,
    read: Read,
    runtime: RuntimeDep,
    _: Annotated[None, public("the address is the secret; some sign as well")],
) -> Heard:
    """Hear a review platform. Always 200 for the right address and signature, so that an odd test call or a new event never makes it give up."""
    source = await read(source_of_secret, kind, secret)
    body, headers = await request.body(), {name.lower(): value for name, value in request.headers.items()}
    _check_signature(runtime, source, headers, body)
    if not body.strip():
        return Heard(processed=0)
    try:
        payload = parse_json(body)
    except MalformedBody:
        events = [ReviewEvent("unreadable", UNREADABLE, {"body": base64.b64encode(body[:KEPT_BYTES]).decode()}, None)]
    else:
        events = PLATFORMS[source.kind](Call(payload, headers), source.reference_kind, runtime.clock.now())
    return Heard(processed=await runtime.write(hear_reviews, source.key, events) if events else 0)


def _check_signature(runtime: Runtime, source: WebhookSource, headers: Mapping[str, str], body: bytes) -> None:
    if source.kind in SIGNED_KINDS and source.credentials is not None:
        secret = credentials_of(runtime.resources["vault"], source).get("signing_secret")
        if secret is not None and not is_signed(source.kind, secret, headers, body, runtime.clock.now()):
            raise NotSigned("The call is not signed as this source demands.")


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
    """List the newest hundred events that wait for somebody: not understood, not readable, or with a text that is still to be fetched."""
    return [WebhookEventView.model_validate(one) for one in await read(repository.unknown_webhook_events, 100)]
