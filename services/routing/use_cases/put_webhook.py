"""Name an adapter that is told of every offer as soon as it is stored."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr

from services.kit.crypto import derive
from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command
from services.routing.models import OfferWebhook
from services.routing.repository import webhooks

TELL_OFFER = "tell_offer"
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[\x21-\x7e]*)?")


def _reachable(url: str) -> str:
    if not _ADDRESS.fullmatch(url):
        raise ValueError("must be an http or https address")
    return url


Url = Annotated[str, Field(max_length=1_000, json_schema_extra={"format": "uri"}), AfterValidator(_reachable)]


class TooManyWebhooks(Refused):
    """There are as many webhooks as there may be; delete one first."""

    code = "too_many_offer_webhooks"


class PutWebhook(Command):
    """Where offers are posted; only those of `channels`, all when there is none. `new_secret` makes the old signing key invalid at once."""

    url: Url
    channels: list[Code] = Field(default_factory=list, max_length=20)
    new_secret: bool = False


def signing_key(secret: SecretStr, key: str, version: int) -> str:
    """Return the signing key of a webhook: derived, so that nothing secret is stored."""
    return derive(secret, f"offer webhook {key} {version}").hex()


async def put_webhook(uow: UnitOfWork, key: str, command: PutWebhook) -> OfferWebhook:
    """Create or replace; raises TooManyWebhooks."""
    known = await webhooks.find(uow, key)
    if known is None and len(await webhooks.webhooks(uow)) >= webhooks.MOST:
        raise TooManyWebhooks(f"There are {webhooks.MOST} webhooks already.")
    version = 1 if known is None else known.version + command.new_secret
    row: dict[str, Any] = {"key": key, "url": command.url, "channels": command.channels, "version": version, "failures": 0}
    row |= {"created_at": known.created_at if known else uow.now, "last_status": None, "last_at": None}
    await webhooks.put(uow, row)
    return OfferWebhook.model_validate(row)


async def tell_adapters(uow: UnitOfWork, offers: list[tuple[UUID, str]]) -> None:
    """Have every adapter told of these offers (reservation, channel) once they are stored."""
    for webhook, channels in await webhooks.listeners(uow) if offers else []:
        for reservation_id, channel in offers:
            if not channels or channel in channels:
                payload = {"webhook": webhook, "reservation": str(reservation_id)}
                await uow.schedule(TELL_OFFER, key=f"{reservation_id}:{webhook}", at=uow.now, payload=payload)
