"""Doors for review platforms, and the sources that open them."""

import asyncio
import base64
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel

from services.feedback import repository
from services.feedback.api.platforms import PLATFORMS
from services.feedback.api.platforms.mail import SOURCE as MAIL
from services.feedback.api.platforms.mail import mail_payload
from services.feedback.api.platforms.reading import Call
from services.feedback.contract.keeping import (
    FailedCallView,
    FetchedAgain,
    NewSourceView,
    Replayed,
    ReviewToFetchView,
    SourceView,
    WebhookEventView,
)
from services.feedback.domain.signatures import SIGNED_KINDS, is_signed
from services.feedback.models import WebhookSource
from services.feedback.use_cases.call_shelf import SHELF, CallShelf
from services.feedback.use_cases.fetch_reviews import fetch_again, reviews_to_fetch
from services.feedback.use_cases.hear_reviews import UNREADABLE, ReviewEvent, understood
from services.feedback.use_cases.keep_calls import HeardCall, failed_calls, replay_failed, seal_call
from services.feedback.use_cases.keep_sources import PutWebhookSource, credentials_of, fitting, put_webhook_source
from services.kit.auth import Principal
from services.kit.db import UnitOfWork
from services.kit.errors import AntiphonError, MalformedBody, NotFound
from services.kit.fields import Code, Command
from services.kit.http import APIRouter, Read, RuntimeDep, Write, public, requires
from services.kit.service import Runtime
from services.kit.strict import parse_json

router = APIRouter(tags=["webhooks"])
KEPT_BYTES = 64 * 1024
"""Of a call that is not JSON, so much is kept."""
REMEMBERED, REMEMBERED_S = "webhook sources", 5.0
"""A source that another process changed is known here within so many seconds."""


class NotSigned(AntiphonError):
    """The source has a signing secret, and the call was not signed with it. Check the secret on both sides."""

    status = 401
    code = "feedback_webhook_not_signed"


class Heard(BaseModel):
    """How many events were understood; unknown ones are kept as well."""

    processed: int


@router.post("/v1/webhooks/{kind}/{secret}", response_model=Heard)
async def post_webhook(
    kind: Code, secret: str, request: Request, runtime: RuntimeDep, _: Annotated[None, public("the address is the secret; some sign as well")]
) -> Response:
    """Hear a review platform. Always 200 for the right address and signature, so that an odd test call or a new event never makes it give up.

    What came is stored before the answer and applied within a second after it; `processed` counts the events that are about a review.
    The kind `email` takes a message as it is (RFC 5322): what its writer added is a voice, an automatic answer is none.
    """
    source = await _source(runtime, kind, secret)
    body, headers = await request.body(), {name.lower(): value for name, value in request.headers.items()}
    _check_signature(runtime, source, headers, body)
    if not body.strip():
        return _heard(0)
    payload = await asyncio.to_thread(mail_payload, body) if source.kind == MAIL else _json(body)
    events = translate(source.kind, payload, headers, source.reference_kind, runtime.clock.now())
    if events:
        call = HeardCall(source.key, source.kind, source.reference_kind, payload, headers)
        shelf: CallShelf = runtime.resources[SHELF]
        await shelf.keep(seal_call(runtime.resources["vault"], call))
    return _heard(understood(events))


def _json(body: bytes) -> object:
    """Return the JSON of a call; the bytes themselves, marked as unreadable, where it is none."""
    try:
        return parse_json(body)
    except MalformedBody:
        return {UNREADABLE: base64.b64encode(body[:KEPT_BYTES]).decode()}


def translate(kind: str, payload: object, headers: Mapping[str, str], reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Return the events of one call, and for a call that was no JSON one that says so."""
    if isinstance(payload, dict) and payload.keys() == {UNREADABLE}:
        return [ReviewEvent("unreadable", UNREADABLE, {"body": payload[UNREADABLE]}, None)]
    return PLATFORMS[kind](Call(payload, headers), reference_kind, now)


def _heard(processed: int) -> Response:
    return Response(b'{"processed":%d}' % processed, media_type="application/json")


async def _source(runtime: Runtime, kind: str, secret: str) -> WebhookSource:
    """Return the source of this address. Sources are remembered for a few seconds; an address that is not among them is looked up at once."""
    known: tuple[float, list[WebhookSource]] = runtime.resources.get(REMEMBERED, (0.0, []))
    now = time.monotonic()
    if now - known[0] < REMEMBERED_S:
        found = fitting(known[1], kind, secret, runtime.clock.now())
        if found is not None:
            return found
    listed = await runtime.read(repository.webhook_sources)
    runtime.resources[REMEMBERED] = (now, listed)
    found = fitting(listed, kind, secret, runtime.clock.now())
    if found is None:
        raise NotFound("There is no such address.")
    return found


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
    runtime.resources.pop(REMEMBERED, None)
    answer: Response = await write(put_webhook_source, key, command, runtime.settings.secret_grace_hours, view=NewSourceView)
    runtime.resources.pop(REMEMBERED, None)
    return answer


@router.get("/v1/webhook-sources", response_model=list[SourceView])
async def list_sources(read: Read, _: Annotated[Principal, requires("feedback:admin")]) -> list[SourceView]:
    """List the sources."""
    return [SourceView.model_validate(one) for one in await read(repository.webhook_sources)]


class Replay(Command):
    """Try again; nothing is to be said about it."""


@router.get("/v1/failed-webhook-calls", response_model=list[FailedCallView])
async def list_failed(read: Read, _: Annotated[Principal, requires("feedback:admin")]) -> list[FailedCallView]:
    """List the newest hundred calls that were acknowledged and could not be applied."""
    return [FailedCallView.model_validate(one) for one in await read(failed_calls, 100)]


@router.post("/v1/failed-webhook-calls/replay", response_model=Replayed)
async def post_replay(command: Replay, write: Write, _: Annotated[Principal, requires("feedback:admin")]) -> Response:
    """Try everything again that could not be applied."""
    return await write(_replayed, command, view=Replayed)


async def _replayed(uow: UnitOfWork, _: Replay) -> Replayed:
    return Replayed(calls=await replay_failed(uow))


@router.get("/v1/reviews-to-fetch", response_model=list[ReviewToFetchView])
async def list_to_fetch(read: Read, _: Annotated[Principal, requires("feedback:admin")]) -> list[ReviewToFetchView]:
    """List the newest hundred reviews that a platform only named and whose text was not fetched yet, with the reason where it refused."""
    return [ReviewToFetchView.model_validate(one) for one in await read(reviews_to_fetch)]


@router.post("/v1/reviews-to-fetch/retry", response_model=FetchedAgain)
async def post_fetch_again(command: Replay, write: Write, _: Annotated[Principal, requires("feedback:admin")]) -> Response:
    """Try everything again that could not be fetched."""
    return await write(_fetched_again, command, view=FetchedAgain)


async def _fetched_again(uow: UnitOfWork, _: Replay) -> FetchedAgain:
    return FetchedAgain(reviews=await fetch_again(uow))


@router.get("/v1/items/{item_id}/versions", response_model=list[WebhookEventView])
async def list_versions(item_id: UUID, read: Read, _: Annotated[Principal, requires("feedback:read")]) -> list[WebhookEventView]:
    """List what a platform sent about one review, oldest first."""
    return [WebhookEventView.model_validate(one) for one in await read(repository.webhook_events, item_id)]


@router.get("/v1/unknown-webhook-events", response_model=list[WebhookEventView])
async def list_unknown(read: Read, _: Annotated[Principal, requires("feedback:admin")]) -> list[WebhookEventView]:
    """List the newest hundred events that wait for somebody: not understood, or not readable."""
    return [WebhookEventView.model_validate(one) for one in await read(repository.unknown_webhook_events, 100)]
