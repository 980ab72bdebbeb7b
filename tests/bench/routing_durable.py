"""Decisions that survive: stored per second on PostgreSQL, how soon an offer is seen, what 200 killed leaders spoil, how long a new one needs."""

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.adapters.leader import LEADER, Leader
from services.routing.app import service
from services.routing.domain.contact import Trigger
from services.routing.domain.eligibility import Policy
from services.routing.models import Agent, AgentChannel, Contact
from services.routing.repository import queues
from services.routing.repository.desk import note_change
from services.routing.use_cases.enqueue_contact import blank_contact
from tests.bench.figure import Figure
from tests.support.room import Room, opened_room
from tests.support.routing_crash import Floor, KilledError, die
from tests.support.servers import PostgresServer, fresh_database, postgres_server

KILLS = int(os.environ.get("ROUTING_KILLS", "200"))
GROUP = 500
GROUPS = 16
WAITING = 10_000
LOOKS = 60


class _Planned:
    """A log without the deaths that the bench itself has planned: those are counted, everything else is told."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self.deaths = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def warning(self, event: str, **fields: Any) -> None:
        if isinstance(fields.get("exc"), KilledError):
            self.deaths += 1
        else:
            self._log.warning(event, **fields)


async def run() -> list[Figure]:
    with postgres_server() as server:
        return [*await _stored(server), *await _seen(server), *await _killed(server)]


async def _opened(server: PostgresServer) -> Any:
    return opened_room(service, Path(tempfile.mkdtemp()), await fresh_database(server))


async def _stored(server: PostgresServer) -> list[Figure]:
    """Fill the floor, then let agents become free in groups, as many as a busy leader finds in one round."""
    async with await _opened(server) as room:
        floor = Floor(room, Random(1), agents=0)  # noqa: S311  repeatable on purpose
        await floor.open()
        for first in range(0, WAITING, 2_000):
            await room.runtime.write(_contacts, 2_000, first)
        leader: Leader = room.runtime.resources[LEADER]
        await die(leader)
        started = time.perf_counter()
        leader = room.runtime.resources[LEADER] = Leader(room.runtime)
        await leader.start()
        recovered = time.perf_counter() - started
        spent, cpu = [], []
        for _ in range(GROUPS):
            await room.runtime.write(_agents, GROUP)
            started, worked = time.perf_counter(), time.process_time()
            await leader.settle()
            spent.append(time.perf_counter() - started)
            cpu.append(time.process_time() - worked)
        made = await room.runtime.read(_offers)
        best = GROUP / median(spent)
        assert made == GROUP * GROUPS, made
    note = f"{GROUP} freed agents a round, each offer with reservation, place, reason and event in one commit; median of {GROUPS} rounds,"
    note += f" for which the service itself takes {1000 * median(cpu):.0f} ms of CPU each"
    return [
        Figure("routing.durable_per_s", best, "stored decisions/s", 5_000, note=note),
        Figure("routing.recovery_s", recovered, "s", 2, lower_is_better=True, note=f"lock, epoch, mirror of {WAITING:,} waiting contacts"),
    ]


async def _contacts(uow: UnitOfWork, many: int, first: int) -> None:
    key = await queues.class_of(uow, "sales", "voice", Policy((), ()), 0)
    rows = []
    for number in range(first, first + many):
        at = uow.now - timedelta(seconds=WAITING - number)
        row = blank_contact(uow, new_id()) | {"channel": "voice", "direction": "inbound", "state": "waiting", "queue": "sales", "class_key": key}
        rows.append(row | {"waits_from": at, "queued_at": at})
    await uow.insert(Contact, *rows)


async def _agents(uow: UnitOfWork, many: int) -> None:
    agents, places = [], []
    for _ in range(many):
        agent_id = new_id()
        row: dict[str, Any] = dict.fromkeys(Agent.model_fields) | {"id": agent_id, "external_id": str(agent_id), "name": "A", "version": 1}
        row |= {"time_zone": "UTC", "activity": "available", "misses": 0, "skills": {}, "group_key": "g", "opportunity": 0.0, "changed_at": uow.now}
        row |= {"plan_counts": True, "planned": "none"}
        agents.append(row)
        places.append({"agent_id": agent_id, "channel": "voice", "maximum": 1, "used": 0, "idle_since": uow.now})
        await note_change(uow, "agent", agent_id, Trigger.AGENT_FREED.value)
    await uow.insert(Agent, *agents)
    await uow.insert(AgentChannel, *places)


async def _offers(tx: Any) -> int:
    return int((await tx.raw("SELECT count(*) FROM reservation"))[0][0])


async def _seen(server: PostgresServer) -> list[Figure]:
    """From the arrival of a contact at the door until its offer can be read: the whole request, decision and both commits."""
    async with await _opened(server) as room:
        floor = Floor(room, Random(2), agents=LOOKS)  # noqa: S311  repeatable on purpose
        await floor.open()
        spent = []
        for _ in range(LOOKS):
            started = time.perf_counter()
            answer = await floor.api.post("/routing/v1/contacts", json={"channel": "voice", "queue": "sales"})
            spent.append((time.perf_counter() - started) * 1000)
            assert (await floor.api.get(f"/routing/v1/contacts/{answer.json()['id']}")).json()["state"] == "offered"
    spent.sort()
    note = f"POST of the contact until its answer, behind which the offer is stored and read; p95 {spent[int(0.95 * LOOKS)]:.1f} ms"
    return [Figure("routing.offer_visible_ms", median(spent), "ms", 15, lower_is_better=True, note=note)]


async def _killed(server: PostgresServer) -> list[Figure]:
    async with await _opened(server) as room:
        room.runtime.log = log = _Planned(room.runtime.log)
        floor = await _crashed(room)
        spoilt = await floor.count()
    note = f"{KILLS} leaders cut off at a random statement of a round, or between commit and memory; {len(floor.taken_in)} contacts taken in,"
    note += f" {log.deaths} commands met a dying leader"
    found = (("lost", spoilt.lost), ("double_assigned", spoilt.double), ("stuck", spoilt.stuck))
    return [Figure(f"routing.crash_{name}", value, "contacts", 0, lower_is_better=True, note=note) for name, value in found]


async def _crashed(room: Room) -> Floor:
    floor = Floor(room, Random(200))  # noqa: S311  repeatable on purpose
    await floor.open()
    for _ in range(KILLS):
        await floor.crash(4)
    return floor
