"""One service in a test: its real app and database, a bus that remembers, a clock that is moved by hand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx

from services.kit.auth import Principal, sign_token
from services.kit.bus import Deliver
from services.kit.clock import SteppingClock
from services.kit.events import Envelope, Event
from services.kit.ids import new_id
from services.kit.service import House, Runtime, Service, create_app
from services.kit.settings import ServiceSettings
from tests.support.migrated import migrated_file

E = TypeVar("E", bound=Event)
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning."""
_ROUNDS = 200


@dataclass
class CapturingBus:
    """Remembers what was published; hands on only to the same service, as a real bus would if it listens to itself."""

    envelopes: list[Envelope] = field(default_factory=list)
    _listeners: list[tuple[frozenset[str], Deliver]] = field(default_factory=list)

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        self.envelopes.extend(envelopes)
        for subjects, deliver in self._listeners:
            meant = [one for one in envelopes if one.subject in subjects]
            if meant:
                await deliver(meant, None)

    async def listen(self, room: str, subjects: frozenset[str], deliver: Deliver, heard: Callable[[str], Awaitable[int]]) -> None:  # noqa: ARG002
        self._listeners.append((subjects, deliver))

    async def close(self) -> None:
        self._listeners.clear()


@dataclass
class Room:
    """A running service and the handles of a test on it."""

    service: Service
    runtime: Runtime
    clock: SteppingClock
    bus: CapturingBus
    _transport: httpx.ASGITransport
    _clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def app(self) -> Any:
        """The service as a server would call it."""
        return self._transport.app

    def anonymous(self) -> httpx.AsyncClient:
        """A client without any key."""
        client = httpx.AsyncClient(transport=self._transport, base_url="http://antiphon.test")
        self._clients.append(client)
        return client

    def client(
        self,
        *scopes: str,
        subject: str = "tester",
        roles: Sequence[str] = (),
        sites: Sequence[str] | None = None,
        vendors: Sequence[str] | None = None,
    ) -> httpx.AsyncClient:
        """A client whose token has these scopes; valid for ten years of test time."""
        principal = Principal(
            subject,
            frozenset(roles),
            frozenset(scopes),
            None if sites is None else frozenset(sites),
            None if vendors is None else frozenset(vendors),
        )
        key = self.runtime.settings.token_private_key.get_secret_value()
        token = sign_token(key, principal, audience=self.service.name, now=self.clock.now(), lifetime=timedelta(days=3650))
        client = self.anonymous()
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    async def hear(self, *events: Event, event_id: UUID | None = None, occurred_at: datetime | None = None) -> None:
        """Deliver events as the bus would, in one batch."""
        envelopes = [
            Envelope(
                id=event_id or new_id(),
                subject=event.subject,
                occurred_at=occurred_at or self.clock.now(),
                key=event.ordering_key(),
                correlation_id="test",
                causation_id=None,
                data=event.model_dump_json().encode(),
            )
            for event in events
        ]
        await self.runtime.inbox.deliver(envelopes, None)

    async def settle(self) -> None:
        """Publish what was emitted and do what is due now, until nothing is left."""
        assert self.runtime.relay is not None
        for _ in range(_ROUNDS):
            moved = await self.runtime.relay.step()
            done = await self.runtime.due.step()
            if not moved and not done and not await self.runtime.inbox.retry_held():
                return
        raise AssertionError("the service does not come to rest: something re-schedules itself for now")

    async def pass_time(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move the clock to the end of the span, stopping at each moment at which something falls due."""
        end = self.clock.now() + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        await self.settle()
        while True:
            rows = await self.runtime.read(_next_due)
            if rows is None or rows > end:
                break
            self.clock.move_to(max(rows, self.clock.now()))
            self.runtime.clock_moved()
            await self.settle()
        self.clock.move_to(end)
        self.runtime.clock_moved()
        await self.settle()

    def said(self, kind: type[E]) -> list[E]:
        """Every event of this kind that the service published so far, in order."""
        return [kind.model_validate_json(one.data) for one in self.bus.envelopes if one.subject == kind.subject]

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


async def _next_due(tx: object) -> datetime | None:
    from services.kit.db import Tx
    from services.kit.tables import from_micros

    assert isinstance(tx, Tx)
    rows = await tx.raw("SELECT min(due_at) FROM due")
    return None if rows[0][0] is None else from_micros(rows[0][0])


@asynccontextmanager
async def opened_room(service: Service, data_dir: Path, database_url: str | None, start: datetime = START) -> AsyncIterator[Room]:
    """Run the service on a fresh database; nothing moves but by the test's hand."""
    if database_url is None:
        await migrated_file(service, data_dir)
    settings: ServiceSettings = service.settings(data_dir=data_dir, database_url=database_url, public_url="http://antiphon.test")
    clock, bus = SteppingClock(start), CapturingBus()
    app = create_app(service, House(bus=bus, clock=clock, settings=settings, background=False))
    async with app.router.lifespan_context(app):
        room = Room(service, app.state.runtime, clock, bus, httpx.ASGITransport(app=app))
        try:
            yield room
        finally:
            await room.close()
