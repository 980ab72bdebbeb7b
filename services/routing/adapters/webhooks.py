"""Posts offers to adapters, signed; who does not take one is asked again, for as long as the offer stands.

`Antiphon-Signature: t=<seconds>,v1=<hex>`, where v1 is HMAC-SHA256 over `<seconds>.<body>` with the webhook's key. The id of the delivery is
the reservation, so that a second one is known as such.
"""

import hashlib
import hmac
from typing import Any
from uuid import UUID

import httpx
import orjson

from services.kit.certificates import trusted
from services.kit.due import DueJob
from services.kit.service import Runtime
from services.routing.domain.explanation import say_decision
from services.routing.models import OfferWebhook
from services.routing.repository import agents, contacts, webhooks
from services.routing.use_cases.put_webhook import signing_key

TIMEOUT_S = 5.0
HEADER = "Antiphon-Signature"


class NotTaken(Exception):
    """The adapter did not answer with 2xx."""


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Return the header's value."""
    return f"t={seconds},v1={hmac.new(bytes.fromhex(secret), f'{seconds}.'.encode() + body, hashlib.sha256).hexdigest()}"


async def tell_offer(runtime: Runtime, job: DueJob) -> None:
    """Post one offer to one adapter; an offer that does not stand any more is told to nobody. Raises NotTaken, and is tried again."""
    reservation_id, key = UUID(job.payload["reservation"]), job.payload["webhook"]
    webhook: OfferWebhook | None = await runtime.read(webhooks.find, key)
    told = await runtime.read(_told, reservation_id)
    if webhook is None or told is None:
        return
    body = orjson.dumps(told, default=str)
    seconds = int(runtime.clock.now().timestamp())
    headers = {"content-type": "application/json", HEADER: signature(signing_key(runtime.settings.secret_key, key, webhook.version), seconds, body)}
    try:
        async with httpx.AsyncClient(verify=trusted(), timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = await client.post(webhook.url, content=body, headers=headers)
        status, taken = str(answer.status_code), answer.is_success
    except httpx.HTTPError as reason:
        status, taken = type(reason).__name__, False
    await runtime.write(_note, key, status, taken)
    if not taken:
        raise NotTaken(f"{key}: {status}")


async def _note(uow: Any, key: str, status: str, taken: bool) -> None:
    await webhooks.note(uow, key, status, taken=taken)


async def _told(tx: Any, reservation_id: UUID) -> dict[str, Any] | None:
    found = await webhooks.offer(tx, reservation_id)
    if found is None:
        return None
    reservation, why = found
    contact, agent = await contacts.any_contact(tx, reservation.contact_id), await agents.agent(tx, reservation.agent_id)
    names = ("id", "external_id", "channel", "queue", "language", "topic", "case_id", "context")
    return {
        "id": reservation.id,
        "type": "offer",
        "expires_at": reservation.expires_at,
        "agent": {"id": agent.id, "external_id": agent.external_id},
        "contact": {name: getattr(contact, name) for name in names},
        "why": say_decision("offered", why.terms, why.runners_up, why.considered, why.requirement),
    }
