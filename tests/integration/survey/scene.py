"""A contact centre as survey sees it: surveys, programmes, customers, contacts and orders; a test names what matters and leaves the rest."""

import email
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import httpx

from services.customers.contract import CustomerChanged, IdentityKey, OrderCancelled, OrderDelivered
from services.kit.ids import new_id
from services.routing.contract import ContactEnded
from tests.support.room import START, Room

TWENTY_SECONDS = timedelta(seconds=20)
DELIVERY: dict[str, Any] = {
    "questions": [
        {
            "key": "agent",
            "kind": "csat5",
            "dimension": "service",
            "required": True,
            "text": {"en": "How satisfied were you with the help our agent gave you?", "de": "Wie zufrieden waren Sie mit der Hilfe?"},
        },
        {"key": "solved", "kind": "resolved", "dimension": "resolution", "required": True, "text": {"en": "Is your issue resolved?"}},
        {"key": "ease", "kind": "ces7", "dimension": "process", "text": {"en": "Our company made it easy to get this handled."}},
        {"key": "better", "kind": "text", "dimension": "open", "text": {"en": "What could we do better?"}},
        {"key": "call", "kind": "contact_me", "dimension": "open", "text": {"en": "Please contact me about this"}},
    ]
}
AFTER_DELIVERY: dict[str, Any] = {
    "survey": "delivery",
    "trigger": "contact_ended",
    "where": {"disposition": "order_placed"},
    "wait_for": "order_delivered",
    "give_up_days": 30,
    "delay_seconds": 86_400,
    "window": {"start": "09:00", "end": "20:00", "weekdays": [1, 2, 3, 4, 5, 6]},
    "share": 1.0,
    "caps": [{"limit": 1, "days": 7}],
    "channels": ["email"],
    "expiry_days": 30,
}
AT_ONCE: dict[str, Any] = {
    "survey": "delivery",
    "trigger": "contact_ended",
    "window": {"start": "00:00", "end": "23:59:59", "weekdays": [1, 2, 3, 4, 5, 6, 7]},
}


async def put_survey(room: Room, key: str = "delivery", **changes: Any) -> dict[str, Any]:
    """Put the delivery survey, with changes."""
    answer = await room.client("survey:admin").put(f"/survey/v1/surveys/{key}", json={**DELIVERY, **changes})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def put_programme(room: Room, key: str, base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Put a programme, with changes."""
    answer = await room.client("survey:admin").put(f"/survey/v1/programmes/{key}", json={**base, **changes})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def open_centre(room: Room, base: dict[str, Any] = AFTER_DELIVERY, **changes: Any) -> None:
    """Put the delivery survey and one programme, `asking`, into force."""
    await put_survey(room)
    await put_programme(room, "asking", base, **changes)


def a_customer(customer_id: UUID, **changes: Any) -> CustomerChanged:
    """Anna in Berlin, who reads German."""
    usual: dict[str, Any] = {
        "version": 1,
        "display_name": "Anna Weber",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "email": f"anna.{customer_id.hex[-6:]}@example.org",
        "phone": "+4930123456",
        "preferred_channel": "email",
        "tier": None,
        "segment": {},
        "keys": [IdentityKey(kind="account", value=f"A-{customer_id.hex[-6:]}")],
    }
    return CustomerChanged.model_validate({**usual, "customer_id": customer_id, **changes})


def a_contact(customer_id: UUID | None, **changes: Any) -> ContactEnded:
    """A telephone call in which something was ordered, served by Vendor North in Leipzig."""
    usual: dict[str, Any] = {
        "contact_id": new_id(),
        "external_id": None,
        "customer_keys": [],
        "channel": "voice",
        "direction": "inbound",
        "queue": "orders",
        "topic": "order",
        "language": "de",
        "agent_id": new_id(),
        "agent_name": "Jo",
        "team": "blue",
        "site": "leipzig",
        "vendor": "north",
        "disposition": "order_placed",
        "driver": "delivery_late",
        "department": "logistics",
        "resolved": "yes",
        "order_reference": None,
        "case_id": None,
        "follow_up_id": None,
        "notes": None,
        "transfers": 0,
        "articles": [],
        "started_at": START,
        "ended_at": START,
        "handle_seconds": 240.0,
    }
    return ContactEnded.model_validate({**usual, "customer_id": customer_id, **changes})


def delivered(customer_id: UUID, order_reference: str, at: datetime) -> OrderDelivered:
    """The goods are in hand."""
    return OrderDelivered(order_reference=order_reference, customer_id=customer_id, delivered_at=at)


def cancelled(customer_id: UUID, order_reference: str, at: datetime) -> OrderCancelled:
    """The order will never come."""
    return OrderCancelled(order_reference=order_reference, customer_id=customer_id, cancelled_at=at)


async def decisions(room: Room, **query: Any) -> list[dict[str, Any]]:
    """Return decisions as who may read them sees them."""
    answer = await room.client("survey:read").get("/survey/v1/decisions", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def invitations(room: Room, **query: Any) -> list[dict[str, Any]]:
    """Return invitations with their links."""
    answer = await room.client("survey:admin").get("/survey/v1/invitations", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def letters(room: Room) -> list[EmailMessage]:
    """Return the e-mails that were sent."""
    folder = room.runtime.settings.data_dir / "mailbox"
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))]


async def invited(room: Room, **changes: Any) -> tuple[UUID, str]:
    """Ask a customer at once; return the customer and the path of the link."""
    customer_id = new_id()
    await open_centre(room, AT_ONCE)
    await room.hear(a_customer(customer_id, **changes))
    await room.hear(a_contact(customer_id))
    await room.settle()
    (found,) = await invitations(room, customer_id=str(customer_id))
    return customer_id, str(found["link"]).removeprefix("http://antiphon.test")


def hidden(html: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(f'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


async def filled(client: httpx.AsyncClient, room: Room, path: str, **answers: str) -> dict[str, str]:
    """Return the form of the page as a customer would send it twenty seconds later."""
    html = (await client.get(path)).text
    room.clock.move_to(room.clock.now().replace(microsecond=0) + TWENTY_SECONDS)
    return {"lang": hidden(html, "lang"), "shown": hidden(html, "shown"), "website": "", **{f"q.{key}": value for key, value in answers.items()}}
