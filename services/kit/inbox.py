"""Hears events: each handled once per consumer, each ordering key in order, a poisoned one set aside without stopping the others.

An event whose handler fails is *held* in the listening service's own database and tried again with growing pauses; later events of its key
are held behind it. After ATTEMPTS it is *parked*: visible, replayable, and only its own key waits.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from services.kit.bus import Position
from services.kit.database import Database
from services.kit.db import Context, Tx, UnitOfWork
from services.kit.errors import AntiphonError
from services.kit.events import Envelope, Event
from services.kit.log import get_logger
from services.kit.metrics import EVENTS_HANDLED, EVENTS_HELD, EVENTS_PARKED, INBOX_DUPLICATES
from services.kit.tables import to_micros
from services.kit.waiting import rest

ATTEMPTS = 8
IDLE_S = 1.0
_BACKOFF_S = (1, 2, 5, 15, 60, 300, 900, 3600)
_NEW = {
    "sqlite": "INSERT INTO inbox (event_id, consumer, handled_at) SELECT value ->> 0, value ->> 1, $2 FROM json_each($1) WHERE true"
    " ON CONFLICT DO NOTHING RETURNING event_id, consumer",
    "postgresql": "INSERT INTO inbox (event_id, consumer, handled_at) SELECT value ->> 0, value ->> 1, $2 FROM json_array_elements($1::json)"
    " ON CONFLICT DO NOTHING RETURNING event_id, consumer",
}
_HEARD = (
    "INSERT INTO bus_position (stream, seq) VALUES ($1, $2)"
    " ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq WHERE bus_position.seq < excluded.seq"
)


@dataclass(frozen=True)
class Consumer:
    """One reaction to one kind of event: `handler(uow, event)`, or with `batch=True` `handler(uow, [(event, envelope), …])` for the busiest."""

    event: type[Event]
    handler: Callable[..., Awaitable[None]]
    batch: bool = False

    @property
    def name(self) -> str:
        """What the inbox calls it; renaming the function makes it a new listener."""
        return f"{self.handler.__name__}:{self.event.subject}"


class Inbox:
    """One service's ear."""

    def __init__(self, room: str, db: Database, consumers: Sequence[Consumer]) -> None:
        self._room = room
        self._db = db
        self._by_subject: dict[str, list[Consumer]] = {}
        for consumer in consumers:
            self._by_subject.setdefault(consumer.event.subject, []).append(consumer)
        self._by_name = {consumer.name: consumer for consumer in consumers}
        self._holding = True  # until a look says that nothing is held
        self._wake = asyncio.Event()
        self._log = get_logger(room)

    @property
    def subjects(self) -> frozenset[str]:
        """What this service listens to."""
        return frozenset(self._by_subject)

    async def heard(self, stream: str) -> int:
        """Return the last sequence of `stream` whose effects are stored, 0 for none."""
        return await self._db.read(_heard, stream)

    async def deliver(self, envelopes: Sequence[Envelope], position: Position | None) -> None:
        """Handle a batch in one transaction; if any handler fails, again with a savepoint around each, holding those that fail."""
        try:
            await self._db.write(self._handle, envelopes, position, False)
        except Exception as error:
            if _is_database_trouble(error):
                raise
            await self._db.write(self._handle, envelopes, position, True)
            self._holding = True
            self._wake.set()

    async def _handle(self, uow: UnitOfWork, envelopes: Sequence[Envelope], position: Position | None, careful: bool) -> None:
        pairs = [(envelope, consumer) for envelope in envelopes for consumer in self._by_subject.get(envelope.subject, ())]
        wanted = orjson.dumps([(str(envelope.id), consumer.name) for envelope, consumer in pairs]).decode()
        new = {(row[0], row[1]) for row in await uow.raw(_NEW[uow.dialect_name], wanted, to_micros(uow.now))} if pairs else set()
        fresh = [(envelope, consumer) for envelope, consumer in pairs if (str(envelope.id), consumer.name) in new]
        INBOX_DUPLICATES.labels(self._room).inc(len(pairs) - len(fresh))
        held = {row[0] for row in await uow.raw("SELECT DISTINCT key FROM held_event")} if self._holding or careful else set()
        await self._react(uow, fresh, held, careful=careful)
        if position is not None:
            await uow.raw(_HEARD, position.stream, position.seq)
        EVENTS_HANDLED.labels(self._room).inc(len(fresh))

    async def _react(self, uow: UnitOfWork, fresh: list[tuple[Envelope, Consumer]], held: set[str], *, careful: bool) -> None:
        index = 0
        while index < len(fresh):
            envelope, consumer = fresh[index]
            if envelope.key in held:
                await self._hold(uow, envelope, consumer, attempts=0, error="waits behind an event of the same key")
                index += 1
            elif consumer.batch and not careful:
                run = index
                while run < len(fresh) and fresh[run][1].batch and fresh[run][1].handler is consumer.handler and fresh[run][0].key not in held:
                    run += 1
                uow.context = Context()
                await consumer.handler(uow, [(_event(other, one), one) for one, other in fresh[index:run]])
                index = run
            else:
                await self._react_once(uow, envelope, consumer, held, careful=careful)
                index += 1

    async def _react_once(self, uow: UnitOfWork, envelope: Envelope, consumer: Consumer, held: set[str], *, careful: bool) -> None:
        if not careful:
            await _call(uow, envelope, consumer)
            return
        try:
            async with uow.savepoint():
                await _call(uow, envelope, consumer)
        except Exception as error:
            if _is_database_trouble(error):
                raise
            held.add(envelope.key)
            self._log.warning("event.held", subject=envelope.subject, consumer=consumer.name, event_id=str(envelope.id), exc=error)
            await self._hold(uow, envelope, consumer, attempts=1, error=_sentence(error))

    async def _hold(self, uow: UnitOfWork, envelope: Envelope, consumer: Consumer, *, attempts: int, error: str) -> None:
        EVENTS_HELD.labels(self._room).inc()
        next_at = to_micros(uow.now + timedelta(seconds=_BACKOFF_S[0]))
        row = (str(envelope.id), consumer.name, envelope.key, envelope.to_bytes().decode(), attempts, next_at, error)
        await uow.raw_many(
            "INSERT INTO held_event (event_id, consumer, key, envelope, attempts, next_at, error) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT DO NOTHING",
            [row],
        )

    async def retry_held(self) -> int:
        """Try the first held event of each key that is due; return how many succeeded."""
        if not self._holding:
            return 0
        done = 0
        while True:
            ready, any_left = await self._db.read(_ready)
            if not ready:
                self._holding = any_left
                return done
            for seq in ready:
                done += await self._retry(seq)

    async def _retry(self, seq: int) -> int:
        try:
            await self._db.write(self._release, seq)
        except Exception as error:
            if _is_database_trouble(error):
                raise
            await self._db.write(self._failed_again, seq, _sentence(error))
            return 0
        return 1

    async def _release(self, uow: UnitOfWork, seq: int) -> None:
        rows = await uow.raw("SELECT consumer, envelope FROM held_event WHERE seq = $1", seq)
        for name, wire in rows:
            consumer = self._by_name.get(name)
            if consumer is not None:
                await _call(uow, Envelope.from_bytes(wire.encode()), consumer)
            await uow.raw("DELETE FROM held_event WHERE seq = $1", seq)

    async def _failed_again(self, uow: UnitOfWork, seq: int, error: str) -> None:
        for (attempts,) in await uow.raw("SELECT attempts FROM held_event WHERE seq = $1", seq):
            parked = to_micros(uow.now) if attempts + 1 >= ATTEMPTS else None
            wait = timedelta(seconds=_BACKOFF_S[min(attempts, len(_BACKOFF_S) - 1)])
            await uow.raw(
                "UPDATE held_event SET attempts = $2, next_at = $3, parked_at = $4, error = $5 WHERE seq = $1",
                *(seq, attempts + 1, to_micros(uow.now + wait), parked, error),
            )
            if parked is not None:
                EVENTS_PARKED.labels(self._room).inc()
                self._log.error("event.parked", attempts=attempts + 1)

    def look_again(self) -> None:
        """Something held may be ready: after a replay by a person, or when the clock was moved."""
        self._holding = True
        self._wake.set()

    async def run(self) -> None:
        """Retry held events until cancelled."""
        while True:
            self._wake.clear()
            try:
                await self.retry_held()
            except Exception as error:  # noqa: BLE001  the events are still held
                self._log.warning("inbox.waits", exc=error)
            await rest(self._wake, IDLE_S)


def _event(consumer: Consumer, envelope: Envelope) -> Event:
    return consumer.event.model_validate_json(envelope.data)


async def _call(uow: UnitOfWork, envelope: Envelope, consumer: Consumer) -> None:
    event = _event(consumer, envelope)
    uow.context = Context(correlation_id=envelope.correlation_id, envelope=envelope)
    await consumer.handler(uow, [(event, envelope)] if consumer.batch else event)


async def _heard(tx: Tx, stream: str) -> int:
    rows = await tx.raw("SELECT seq FROM bus_position WHERE stream = $1", stream)
    return int(rows[0][0]) if rows else 0


async def _ready(tx: Tx) -> tuple[list[int], bool]:
    """Return the held events that stand first in their key, are not parked and are due; and whether anything is held at all."""
    rows = await tx.raw(
        "SELECT h.seq, h.next_at, h.parked_at FROM held_event h"
        " WHERE h.seq = (SELECT min(f.seq) FROM held_event f WHERE f.key = h.key) ORDER BY h.seq"
    )
    now = to_micros(tx.now)
    return [seq for seq, next_at, parked_at in rows if parked_at is None and next_at <= now], bool(rows)


def _sentence(error: BaseException) -> str:
    """Name what went wrong without repeating what a customer wrote."""
    return f"{type(error).__name__}: {error.detail}" if isinstance(error, AntiphonError) else type(error).__name__


def _is_database_trouble(error: BaseException) -> bool:
    """Tell a database that is away or busy (try the whole batch again) from a handler that cannot handle its event."""
    import asyncpg
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

    origin: Any = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.OperationalError):
        return any(word in str(origin) for word in ("locked", "busy", "disk", "full", "readonly"))
    cause = getattr(origin, "__cause__", None) or origin
    return isinstance(error, OperationalError | InterfaceError | OSError) or isinstance(
        cause, asyncpg.PostgresConnectionError | asyncpg.InterfaceError | asyncpg.OperatorInterventionError | OSError
    )
