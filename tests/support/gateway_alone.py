"""The gateway in this process before services that are not real: every limit, log line and count on, a database of keys in a folder."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from gateway.access.keys import IssueKey, issue_key
from gateway.app import create_gateway
from gateway.clients.all import NAMES
from gateway.clients.transport import Answer, AsgiTransport, Call, Transport
from gateway.settings import GatewaySettings
from services.kit.bus import InProcessBus
from services.kit.service import House
from tests.support.gateway_upstream import FixedTransport

STRICT = "application/graphql-response+json"
NOBODY = Answer(404, {}, orjson.dumps({"code": "not_found", "detail": "There is nothing here.", "status": 404}))


class QuietTransport(FixedTransport):
    """A service that has one customer's sections and nothing else."""

    async def call(self, call: Call) -> Answer:
        return await super().call(call) if call.target.endswith("/views") else NOBODY


@dataclass(frozen=True)
class Alone:
    """The running gateway, and a key of an agent."""

    key: str
    _way: AsgiTransport

    async def post(self, body: bytes, accept: str = STRICT) -> Answer:
        """Send this body to /graphql."""
        headers = (("authorization", f"Bearer {self.key}"), ("content-type", "application/json"), ("accept", accept))
        return await self._way.call(Call("POST", "/graphql", headers, body, seconds=30))


@asynccontextmanager
async def gateway_alone(folder: Path, ways: Mapping[str, Transport] | None = None) -> AsyncIterator[Alone]:
    """Run the gateway before these ways to services, by default before quiet ones; its buckets are never empty."""
    settings = GatewaySettings(data_dir=folder, bucket_size=1e9, bucket_per_second=1e9)
    app = create_gateway(ways or {name: QuietTransport(name) for name in NAMES}, settings, House(bus=InProcessBus(rooms=1), background=False))
    async with app.router.lifespan_context(app):
        runtime = app.state.own.state.runtime
        app.state.door = replace(app.state.door, runner=replace(app.state.door.runner, open_schema=False))  # as in production
        made = await runtime.write(issue_key, IssueKey(holder="tester", roles=["agent"]), runtime.resources["pepper"])
        yield Alone(made.key, AsgiTransport(app))
