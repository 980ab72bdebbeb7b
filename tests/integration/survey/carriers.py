"""Providers of a test: they take messages as a real one does, remember keys, and may be away, busy, slow to answer, or refuse."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from pydantic import SecretStr

from services.survey.adapters.messages import MessageCarrier
from services.survey.domain.signing import is_signed, signature
from tests.support.room import Room

SECRET = "a secret of twenty-four characters"


@dataclass
class Provider:
    """A provider of text messages that keeps to idempotency keys."""

    room: Room
    behaviour: Callable[[], int] = lambda: 200
    """Status of the next answer; 0: the message is taken and the answer never comes; -1: nobody listens."""
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: int = 0

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        head = request.headers
        signed = (head["webhook-id"], head["webhook-timestamp"], head["webhook-signature"])
        assert is_signed(SECRET, signed, request.content, self.room.clock.now())
        assert head["idempotency-key"] == head["webhook-id"]
        status = self.behaviour()
        if status < 0:
            raise httpx.ConnectError("nobody listens")
        if status in {0, 200}:
            self.taken.setdefault(head["idempotency-key"], orjson.loads(request.content))
        if status == 0:
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(status, json={"reference": f"sms-{len(self.taken)}"})


def provider(room: Room, channel: str = "sms") -> Provider:
    """Give the room a provider for a channel."""
    found = Provider(room)
    client = httpx.AsyncClient(transport=httpx.MockTransport(found.handle))
    room.runtime.resources["carriers"][channel] = MessageCarrier(client, "http://provider.test/messages", SECRET, room.clock)
    room.runtime.settings.carrier_secret = SecretStr(SECRET)
    return found


async def tell(room: Room, door: str, message_id: str, content: dict[str, Any], **changes: str) -> httpx.Response:
    """Say something to the house as the provider does."""
    body = orjson.dumps(content)
    stamp = int(room.clock.now().timestamp())
    headers = {"webhook-id": message_id, "webhook-timestamp": str(stamp), "webhook-signature": signature(SECRET, message_id, stamp, body)}
    return await room.anonymous().post(f"/survey/v1/{door}", content=body, headers={"content-type": "application/json", **headers, **changes})
