"""All real services and the gateway in one process, moved by hand."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from gateway.access.keys import IssueKey, issue_key
from gateway.app import create_gateway
from gateway.clients.all import NAMES
from gateway.clients.transport import Answer, AsgiTransport, Call, Headers, Receive, Scope, Send, Transport, Unreachable
from gateway.settings import GatewaySettings
from services.kit.bus import InProcessBus
from services.kit.clock import SteppingClock
from services.kit.service import House as ServiceHouse
from services.kit.service import Runtime, create_app

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Wrap = Callable[[str, Transport], Transport]


@dataclass
class Weather:
    """A way to a service that a test can break, and that counts what goes over it."""

    inner: Transport
    broken: Exception | None = None
    calls: list[str] = field(default_factory=list)

    async def call(self, call: Call) -> Answer:
        self.calls.append(f"{call.method} {call.target}")
        if self.broken is not None:
            raise self.broken
        return await self.inner.call(call)

    async def forward(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        if self.broken is not None:
            raise Unreachable from self.broken
        await self.inner.forward(scope, receive, send, headers)

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class Running:
    """The house, running."""

    app: FastAPI
    clock: SteppingClock
    ways: Mapping[str, Weather]
    runtimes: list[Runtime]
    _http: httpx.AsyncClient

    async def key(self, *roles: str, holder: str = "tester", **limits: Any) -> str:
        """Issue a key as the command does."""
        runtime: Runtime = self.app.state.own.state.runtime
        made = await runtime.write(issue_key, IssueKey(holder=holder, roles=list(roles), **limits), runtime.resources["pepper"])
        return made.key

    async def ask(self, key: str | None, query: str, /, **variables: Any) -> dict[str, Any]:
        """Run a GraphQL operation and return the whole answer."""
        answer = await self.post(key, {"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def post(self, key: str | None, body: Any, **headers: str) -> httpx.Response:
        """Post to /graphql."""
        return await self.rest(key, "POST", "/graphql", json=body, headers=headers)

    async def rest(self, key: str | None, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """Send any request with this key."""
        found = {**(headers or {}), **({"Authorization": f"Bearer {key}"} if key else {})}
        return await self._http.request(method, path, headers=found, **more)

    async def settle(self) -> None:
        """Hand every event on and do what is due, until the house is quiet."""
        for _ in range(200):
            moved = False
            for runtime in self.runtimes:
                assert runtime.relay is not None
                moved = bool(await runtime.relay.step()) or moved
                moved = bool(await runtime.due.step()) or moved
            if not moved:
                return
        raise AssertionError("the house does not come to rest")


@asynccontextmanager
async def open_house(tmp_path: Path, **settings: Any) -> AsyncIterator[Running]:
    """Run everything on SQLite below `tmp_path`."""
    bus, clock = InProcessBus(), SteppingClock(START)
    async with AsyncExitStack() as stack:
        ways: dict[str, Weather] = {}
        runtimes: list[Runtime] = []
        for name in NAMES:
            service = import_module(f"services.{name}.app").service
            own = service.settings(data_dir=tmp_path, public_url="http://antiphon.test")
            app = create_app(service, ServiceHouse(bus=bus, clock=clock, settings=own, background=False))
            await stack.enter_async_context(app.router.lifespan_context(app))
            runtimes.append(app.state.runtime)
            ways[name] = Weather(AsgiTransport(app))
        mine = GatewaySettings(data_dir=tmp_path, public_url="http://antiphon.test", call_seconds=20, operation_seconds=30, **settings)
        gateway = create_gateway(ways, mine, ServiceHouse(bus=bus, clock=clock, background=False))
        await stack.enter_async_context(gateway.router.lifespan_context(gateway))
        runtimes.append(gateway.state.own.state.runtime)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway), base_url="http://antiphon.test")
        await stack.enter_async_context(http)
        yield Running(gateway, clock, ways, runtimes, http)
