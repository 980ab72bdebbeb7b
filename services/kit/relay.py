"""Takes events out of the outbox to the bus, in the order of their commits, and marks them when they are safe."""

import asyncio
from datetime import timedelta
from uuid import UUID

from services.kit.bus import Bus
from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.db import Outcome, Tx, UnitOfWork
from services.kit.events import Envelope
from services.kit.log import get_logger
from services.kit.metrics import EVENTS_PUBLISHED, OUTBOX_AGE
from services.kit.tables import from_micros, to_micros
from services.kit.waiting import rest

BATCH = 512
IDLE_S = 1.0
BREATH_S = 0.005
BACKOFF_S = 0.5
KEEP_PUBLISHED = timedelta(days=7)
KEEP_INBOX = timedelta(days=15)  # longer than the broker keeps events, so that nothing can be delivered after it is forgotten
KEEP_IDEMPOTENCY = timedelta(hours=72)
_CLEANING_S = 600.0
_UNPUBLISHED = (
    "SELECT seq, id, subject, key, occurred_at, correlation_id, causation_id, data FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT $1"
)
_MARK = {
    "sqlite": "UPDATE outbox SET published_at = $1 WHERE seq IN (SELECT value FROM json_each($2))",
    "postgresql": "UPDATE outbox SET published_at = $1 WHERE seq IN (SELECT value::bigint FROM json_array_elements_text($2::json))",
}


class Relay:
    """One per service; on PostgreSQL one at a time among its replicas (the caller holds the lease)."""

    def __init__(self, room: str, db: Database, bus: Bus, clock: Clock) -> None:
        self._room = room
        self._db = db
        self._bus = bus
        self._clock = clock
        self._wake = asyncio.Event()
        self._log = get_logger(room)
        db.on_commit.append(self._notice)

    def _notice(self, outcome: Outcome) -> None:
        if outcome.events:
            self._wake.set()

    async def step(self) -> int:
        """Publish one batch; return how many events it had."""
        rows = await self._db.read(_unpublished)
        OUTBOX_AGE.labels(self._room).set(max(0.0, (to_micros(self._clock.now()) - rows[0][0]) / 1e6) if rows else 0.0)
        if rows:
            await self._bus.publish([envelope for _, _, envelope in rows])
            await self._db.write(_mark, [seq for _, seq, _ in rows])
            EVENTS_PUBLISHED.labels(self._room).inc(len(rows))
        return len(rows)

    async def run(self) -> None:
        """Publish until cancelled; when the bus is away, the rows wait."""
        cleaned = asyncio.get_running_loop().time()
        while True:
            self._wake.clear()
            try:
                moved = await self.step()
                if asyncio.get_running_loop().time() - cleaned > _CLEANING_S:
                    await self._db.write(clean)
                    cleaned = asyncio.get_running_loop().time()
            except Exception as error:  # noqa: BLE001  whatever it was, the events are still in the outbox
                self._log.warning("relay.waits", exc=error)
                await asyncio.sleep(BACKOFF_S)
                continue
            if moved < BATCH:
                if moved:  # a stream of commits must not be told one by one
                    await asyncio.sleep(BREATH_S)
                await rest(self._wake, IDLE_S)


async def _unpublished(tx: Tx) -> list[tuple[int, int, Envelope]]:
    rows = await tx.raw(_UNPUBLISHED, BATCH)
    return [
        (at, seq, Envelope(UUID(event_id), subject, from_micros(at), key, correlation, causation, data.encode()))
        for seq, event_id, subject, key, at, correlation, causation, data in rows
    ]


async def _mark(uow: UnitOfWork, seqs: list[int]) -> None:
    await uow.raw(_MARK[uow.dialect_name], to_micros(uow.now), f"[{','.join(map(str, seqs))}]")


async def clean(uow: UnitOfWork) -> None:
    """Forget what is old enough that nobody can need it: published events, inbox rows, stored answers to idempotency keys."""
    await uow.raw("DELETE FROM outbox WHERE published_at < $1", to_micros(uow.now - KEEP_PUBLISHED))
    await uow.raw("DELETE FROM inbox WHERE handled_at < $1", to_micros(uow.now - KEEP_INBOX))
    await uow.raw("DELETE FROM idempotency_key WHERE stored_at < $1", to_micros(uow.now - KEEP_IDEMPOTENCY))
