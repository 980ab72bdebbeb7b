"""How events travel. The outbox makes them durable; the bus only carries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.kit.events import Envelope


@dataclass(frozen=True, slots=True)
class Position:
    """How far a service has heard a stream; stored with the effects of what it heard."""

    stream: str
    seq: int


Deliver = Callable[[Sequence[Envelope], Position | None], Awaitable[None]]


class Bus(Protocol):
    """Carries envelopes from relays to consumers, at least once, in the order in which each relay hands them over."""

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Return when the envelopes are safe (stored by the broker, or handled); raise when they are not, and they will come again."""

    async def listen(self, room: str, subjects: frozenset[str], deliver: Deliver, heard: Callable[[str], Awaitable[int]]) -> None:
        """Give `deliver` every envelope of `subjects` in batches, from behind the position that `heard(stream)` tells; may run until cancelled."""

    async def close(self) -> None:
        """Stop carrying."""


class InProcessBus:
    """All services in one process: publishing is delivering, so an event not yet handled is still in its outbox and nothing is lost.

    `rooms` is how many services will listen: nothing is carried before all of them do, or what waits in an outbox at the start would be
    told only to those that are up already.
    """

    def __init__(self, rooms: int = 0) -> None:
        self._listeners: list[tuple[frozenset[str], Deliver]] = []
        self._rooms = rooms
        self._complete = asyncio.Event()
        if rooms == 0:
            self._complete.set()

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Return when every listener has committed what it made of them."""
        await self._complete.wait()
        for subjects, deliver in self._listeners:
            meant = [envelope for envelope in envelopes if envelope.subject in subjects]
            if meant:
                await deliver(meant, None)

    async def listen(self, room: str, subjects: frozenset[str], deliver: Deliver, heard: Callable[[str], Awaitable[int]]) -> None:  # noqa: ARG002
        """Remember the listener."""
        self._listeners.append((subjects, deliver))
        if len(self._listeners) >= self._rooms:
            self._complete.set()

    async def close(self) -> None:
        """Forget the listeners."""
        self._listeners.clear()
