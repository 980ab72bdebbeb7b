"""Requests signed as a carrier signs them, for doors whose key is the signature."""

from collections.abc import Generator

import httpx
from pydantic import SecretStr

from services.survey.domain.signing import signature
from tests.support.doors import Door
from tests.support.room import Room

SECRET = "a secret of twenty-four characters"


class CarrierSignature(httpx.Auth):
    """Signs whatever is sent, so that the door looks at it."""

    requires_request_body = True

    def __init__(self, room: Room) -> None:
        self._room = room

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        stamp = int(self._room.clock.now().timestamp())
        signed = signature(SECRET, "hostile", stamp, request.content)
        request.headers.update({"webhook-id": "hostile", "webhook-timestamp": str(stamp), "webhook-signature": signed})
        yield request


def trusted_client(room: Room, door: Door) -> httpx.AsyncClient:
    """Return a client that the door believes: with its scopes, and with a carrier's signature where it asks for one."""
    client = room.client(*door.scopes)
    if any(one["name"] == "webhook-signature" for one in door.parameters):
        room.runtime.settings.carrier_secret = SecretStr(SECRET)
        client.auth = CarrierSignature(room)
    return client
