"""Adapters that are told of offers."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Response

from services.kit.auth import Principal
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Page, Read, RuntimeDep, Write, requires
from services.routing.models import OfferWebhook
from services.routing.repository import webhooks
from services.routing.use_cases.put_webhook import PutWebhook, put_webhook, signing_key

router = APIRouter(tags=["webhooks"])
Admin = Annotated[Principal, requires("routing:admin")]


class WebhookView(View):
    """An adapter; `failures` counts deliveries in a row that were not taken."""

    key: str
    url: str
    channels: list[str]
    version: int
    failures: int
    last_status: str | None
    last_at: datetime | None


class WebhookSecretView(WebhookView):
    """The same with the key of `Antiphon-Signature: t=<seconds>,v1=<hex of HMAC-SHA256 over "<seconds>.<body>">`."""

    secret: str


@router.put("/v1/offer-webhooks/{key}", response_model=WebhookSecretView)
async def write_webhook(key: Code, command: PutWebhook, write: Write, runtime: RuntimeDep, _: Admin) -> Response:
    """Create or replace a webhook; every offer is posted to it as soon as it is stored, signed."""

    async def put(uow: Any) -> dict[str, Any]:
        found: OfferWebhook = await put_webhook(uow, key, command)
        return found.model_dump() | {"secret": signing_key(runtime.settings.secret_key, key, found.version)}

    return await write(put, view=WebhookSecretView)


@router.get("/v1/offer-webhooks")
async def list_webhooks(read: Read, _: Admin) -> Page[WebhookView]:
    """List the webhooks, without their keys."""
    return Page(items=[WebhookView.model_validate(each) for each in await read(webhooks.webhooks)], next_cursor=None)


@router.delete("/v1/offer-webhooks/{key}", status_code=204)
async def delete_webhook(key: Code, write: Write, _: Admin) -> Response:
    """Delete a webhook; nothing more is posted to it."""
    return await write(webhooks.drop, key)
