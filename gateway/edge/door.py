"""What the running gateway is made of, and how a credential becomes a caller."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.access.authenticate import Authenticator, Proved
from gateway.access.internal_tokens import InternalTokens
from gateway.clients.all import Clients
from gateway.clients.service import Caller
from gateway.clients.transport import Transport
from gateway.context import GatewayContext
from gateway.execution.run import Runner
from gateway.execution.stale import LastGood
from gateway.execution.trusted import Trusted
from gateway.limits.bucket import Buckets
from gateway.settings import GatewaySettings
from services.kit.clock import Clock
from services.kit.errors import Unauthenticated
from services.kit.ids import new_id

LONGEST_ID = 100


@dataclass(frozen=True)
class Door:
    """Everything that one request may need; made when the gateway starts."""

    settings: GatewaySettings
    clock: Clock
    authenticator: Authenticator
    internal_tokens: InternalTokens
    transports: Mapping[str, Transport]
    clients: Clients
    last_good: LastGood
    runner: Runner
    trusted: Trusted
    costs: Buckets
    """GraphQL cost by principal."""
    requests: Buckets
    """REST requests by principal."""

    async def prove(self, headers: Mapping[str, str]) -> Proved:
        """Return whose credential the headers carry; raises Unauthenticated."""
        found = credential(headers)
        if found is None:
            raise Unauthenticated("Send `Authorization: Bearer <key or token>`.")
        return await self.authenticator.prove(found)

    def context(self, proved: Proved, headers: Mapping[str, str], seconds: float) -> GatewayContext:
        """Return what an operation of this caller has at hand."""
        caller = Caller(
            principal=proved.principal,
            request_id=request_id(headers),
            deadline=time.monotonic() + seconds,
            traceparent=headers.get("traceparent"),
        )
        return GatewayContext(caller=caller, clients=self.clients, last_good=self.last_good, poll_seconds=self.settings.poll_seconds)


def credential(headers: Mapping[str, str]) -> str | None:
    """Return the key or token: a bearer, or X-API-Key. Other schemes are somebody else's and prove nothing here."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    return headers.get("x-api-key") or None


def request_id(headers: Mapping[str, str]) -> str:
    """Return the client's own id for the request when it is a plain one, or a new one."""
    given = headers.get("x-request-id", "")
    return given if 0 < len(given) <= LONGEST_ID and given.isascii() and given.isprintable() else str(new_id())


def header_map(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by lower-case name; of a repeated one the first counts."""
    found: dict[str, str] = {}
    for name, value in raw:
        found.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return found
