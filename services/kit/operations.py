"""Doors for operators, the same in every service: health, readiness, metrics, and what was set aside for a person to look at."""

from functools import cache
from typing import Annotated
from uuid import UUID

from fastapi import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import text

from services.kit.auth import Principal
from services.kit.clock import SteppingClock, SystemClock
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound, Unavailable
from services.kit.fields import Code, Command, Instant, Reference
from services.kit.http import APIRouter, Page, PageSize, Read, RuntimeDep, Write, public, requires
from services.kit.tables import from_micros, to_micros

_PROBE = "health is asked by machines without keys, and tells nothing of the business"


class Health(BaseModel):
    """The process is alive."""

    service: str
    status: str


class Readiness(BaseModel):
    """The service can work; with the sizes of what waits."""

    service: str
    status: str
    outbox: int
    held: int
    parked: int
    due_overdue: int
    due_in_hand: int
    """Work that somebody is doing now, or was doing when it died: its lease ends within a minute."""
    dead_letters: int


class ParkedEvent(BaseModel):
    """An event that a consumer could not handle: held (will be tried again), waiting behind one of its key, or parked (given up)."""

    event_id: UUID
    consumer: str
    key: str
    attempts: int
    parked: bool
    error: str | None
    next_at: Instant


class DeadLetter(BaseModel):
    """Due work that was given up."""

    kind: str
    key: str
    attempts: int
    error: str
    died_at: Instant


class MoveClock(Command):
    """A new present moment."""

    now: Instant


class ClockView(BaseModel):
    """What this service takes for the present."""

    now: Instant


@cache
def operations_router(service: str) -> APIRouter:
    """Return the operators' routes of one service."""
    router = APIRouter(tags=["operations"])
    router.add_api_route("/healthz", _healthz, methods=["GET"], response_model=Health, dependencies=[public(_PROBE)])
    router.add_api_route("/readyz", _readyz, methods=["GET"], response_model=Readiness, dependencies=[public(_PROBE)])
    router.add_api_route(
        "/metrics", _metrics, methods=["GET"], dependencies=[public("scraped inside the network; counts only")], response_class=Response
    )
    admin = [requires(f"{service}:admin")]
    events = "/v1/parked-events"
    router.add_api_route(events, _held_events, methods=["GET"], response_model=Page[ParkedEvent], dependencies=admin)
    router.add_api_route(events + "/{event_id}/replay", _replay, methods=["POST"], status_code=204, dependencies=admin)
    router.add_api_route(events + "/{event_id}/discard", _discard, methods=["POST"], status_code=204, dependencies=admin)
    router.add_api_route("/v1/dead-letters", _dead_letters, methods=["GET"], response_model=Page[DeadLetter], dependencies=admin)
    router.add_api_route("/v1/dead-letters/{kind}/{key}/replay", _revive, methods=["POST"], status_code=204, dependencies=admin)
    router.add_api_route("/dev/clock", _move_clock, methods=["PUT"], response_model=ClockView)
    return router


async def _healthz(runtime: RuntimeDep) -> Health:
    """Answer while the process lives."""
    return Health(service=runtime.service.name, status="alive")


async def _readyz(runtime: RuntimeDep) -> Readiness:
    """Answer 200 when the database answers and is migrated; 503 otherwise."""
    try:
        sizes = await runtime.read(_sizes)
    except Exception as error:
        raise Unavailable("The database does not answer, or is not migrated.", retry_after_s=2) from error
    return Readiness(service=runtime.service.name, status="ready", **sizes)


async def _sizes(tx: Tx) -> dict[str, int]:
    sql = text(
        "SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS outbox, (SELECT count(*) FROM held_event) AS held,"
        " (SELECT count(*) FROM held_event WHERE parked_at IS NOT NULL) AS parked,"
        " (SELECT count(*) FROM (SELECT 1 FROM due WHERE due_at <= :now LIMIT 10000) AS ripe) AS due_overdue,"
        " (SELECT count(*) FROM (SELECT 1 FROM due WHERE owner IS NOT NULL LIMIT 10000) AS held) AS due_in_hand,"
        " (SELECT count(*) FROM dead_letter) AS dead_letters"
    ).bindparams(now=to_micros(tx.now))
    return {name: int(value) for name, value in (await tx.rows(sql))[0].items()}


async def _metrics() -> Response:
    """Return the process' metrics in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _held_events(read: Read, limit: PageSize = 50) -> Page[ParkedEvent]:
    """List held and parked events, oldest first."""
    return Page(items=await read(_list_held, limit), next_cursor=None)


async def _list_held(tx: Tx, limit: int) -> list[ParkedEvent]:
    rows = await tx.raw("SELECT event_id, consumer, key, attempts, parked_at, error, next_at FROM held_event ORDER BY seq LIMIT $1", limit)
    return [
        ParkedEvent(event_id=UUID(r[0]), consumer=r[1], key=r[2], attempts=r[3], parked=r[4] is not None, error=r[5], next_at=from_micros(r[6]))
        for r in rows
    ]


async def _replay(event_id: UUID, write: Write, runtime: RuntimeDep) -> Response:
    """Try a parked event again, now; those that wait behind it follow."""
    now = to_micros(runtime.clock.now())
    return await _decided(write, runtime, f"UPDATE held_event SET attempts = 0, parked_at = NULL, next_at = {now}", event_id)


async def _discard(event_id: UUID, write: Write, runtime: RuntimeDep) -> Response:
    """Give an event up for good; those that wait behind it follow."""
    return await _decided(write, runtime, "DELETE FROM held_event", event_id)


async def _decided(write: Write, runtime: RuntimeDep, change: str, event_id: UUID) -> Response:
    answer: Response = await write(_change, change, event_id)
    runtime.inbox.look_again()
    return answer


async def _change(uow: UnitOfWork, change: str, event_id: UUID) -> None:
    if not await uow.raw(f"{change} WHERE event_id = $1 RETURNING 1", str(event_id)):
        raise NotFound(f"No event {event_id} is held here.")


async def _dead_letters(read: Read, limit: PageSize = 50) -> Page[DeadLetter]:
    """List due work that was given up, newest first."""
    return Page(items=await read(_list_dead, limit), next_cursor=None)


async def _list_dead(tx: Tx, limit: int) -> list[DeadLetter]:
    rows = await tx.raw("SELECT kind, key, attempts, error, died_at FROM dead_letter ORDER BY died_at DESC LIMIT $1", limit)
    return [DeadLetter(kind=r[0], key=r[1], attempts=r[2], error=r[3], died_at=from_micros(r[4])) for r in rows]


async def _revive(kind: Code, key: Reference, write: Write) -> Response:
    """Put dead work back, due now."""
    return await write(_reschedule, kind, key)


async def _reschedule(uow: UnitOfWork, kind: str, key: str) -> None:
    rows = await uow.raw("DELETE FROM dead_letter WHERE kind = $1 AND key = $2 RETURNING payload", kind, key)
    if not rows:
        raise NotFound("There is no such dead work.")
    import orjson

    await uow.schedule(kind, key=key, at=uow.now, payload=orjson.loads(rows[0][0]))


async def _move_clock(command: MoveClock, runtime: RuntimeDep, _: Annotated[Principal, requires("clock:move")]) -> ClockView:
    """Development only: make another moment the present, so that a week passes in a second; time never goes backwards."""
    clock = runtime.clock
    if runtime.settings.mode != "development" or not isinstance(clock, SystemClock | SteppingClock):
        raise NotFound("There is nothing at this address.")
    if command.now > clock.now():
        clock.move_to(command.now)
    runtime.clock_moved()
    return ClockView(now=clock.now())
