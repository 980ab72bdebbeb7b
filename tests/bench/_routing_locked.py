"""The engine's question, answered by PostgreSQL alone: `FOR UPDATE SKIP LOCKED` over one connection, every step committed.

`LockedLife` begins on the very floor on which the engine was measured (its agents and groups, who talks with whom, who waits since when) and goes
on with the same life: a talk ends, the wrap-up is done, the freed agent takes the best contact, the next one arrives and looks for an agent, the
offer is accepted (95 %), declined (3 %) or the customer leaves (2 %). A decision is an offer, as with the engine. The same rule decides: relax
steps by waiting, levels and learned fit (in a table of pairs, reckoned beforehand), who waited beyond the limit first, else the largest I with the
queue's current service level; J for who arrives; room of the agent; who let it pass is not asked for a minute. One function a step, one round trip
and one commit; partial and covering indexes; only the first of each class is looked at; fsync as the server has it. `agree` compares its choices
with the engine's. In its favour: it keeps no events, has no timers (who may be served by more agents waits for the next who is freed, offers do not
lapse), prices scarcity once, and asks again after a minute whether or not somebody is unasked.

`simple_per_s` is the question that was asked here before: mark the oldest of 20,000 rows with one of three random skills. It ends nothing, offers
nothing, weighs nothing.
"""

import os
import random
import time
from pathlib import Path
from typing import Any

import asyncpg

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.floor import Floor
from tests.support.servers import PostgresServer

TABLES = Path(__file__).with_suffix(".sql")
INDEXES = Path(__file__).with_name("_routing_locked_indexes.sql")
SKILLS = 40
TAKE = (
    "UPDATE waiting SET agent = $1 WHERE id = (SELECT id FROM waiting WHERE agent IS NULL AND skill = ANY($2::int[])"
    " ORDER BY since LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)
WAITS, TALKING = 0, 2


async def simple_per_s(server: PostgresServer, *, agents: int, waiting: int, seconds: float = 4.0) -> float:
    """Return how many rows a second one connection marks."""
    lots = random.Random(3)  # noqa: S311  repeatable on purpose
    connection = await server.connect()
    try:
        await connection.execute("CREATE TABLE waiting (id int PRIMARY KEY, skill int NOT NULL, since float8 NOT NULL, agent int)")
        rows = [(number, lots.randrange(SKILLS), number * 0.01, None) for number in range(waiting)]
        await connection.copy_records_to_table("waiting", records=rows)
        await connection.execute("CREATE INDEX ON waiting (since) WHERE agent IS NULL")
        await connection.execute("ANALYZE waiting")
        made, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            skills = lots.sample(range(SKILLS), 3)
            made += len(await connection.fetch(TAKE, lots.randrange(agents), skills))
        return made / (time.perf_counter() - started)
    finally:
        await connection.close()


class LockedLife:
    """The life of the bench, each step a call of PostgreSQL."""

    def __init__(self, connection: asyncpg.Connection, engine: Engine, talking: list[int], now: float, *, rejects: float, leaves: float) -> None:
        """`talking`: the contacts that agents talk with now. `rejects` and `leaves`: shares of the offers."""
        self._connection = connection
        self._engine = engine
        self._talking = list(talking)
        self._now = now
        self._next = max(engine.contacts) + 1
        self._rejects, self._leaves = rejects, leaves
        self._stat = Path(f"/proc/{connection.get_server_pid()}/stat")
        self._lots = random.Random(7)  # noqa: S311  repeatable on purpose

    async def set_up(self) -> None:
        """Copy the engine's floor into tables."""
        await self._connection.execute("SET jit = off")
        await self._connection.execute(TABLES.read_text())
        for table, rows in self._tables().items():
            await self._connection.copy_records_to_table(table, records=rows)
        await self._connection.execute(
            "INSERT INTO reservation (contact, agent, state, offered_at, expires_at) SELECT id, agent, 'accepted', since, since FROM contact"
            f" WHERE state = {TALKING}"
        )
        for statement in INDEXES.read_text().split(";\n"):
            if statement.strip():
                await self._connection.execute(statement)

    def _tables(self) -> dict[str, list[tuple[Any, ...]]]:
        engine, lines = self._engine, self._engine.lines
        queues = {key: number for number, key in enumerate(lines.queues)}
        agents = engine.agents.values()
        return {
            "queue": [
                (queues[key], each.service_level, lines.debt(each), each.sla_s, each.sla_share, each.starvation_s, each.offer_s)
                for key, each in lines.queues.items()
            ],
            "class": [(number, queues[spec.queue], spec.credit_s) for number, spec in enumerate(lines.specs)],
            "pair": self._pairs(queues),
            "agent": [(each.id, engine.benches.full_group(each.profile), len(each.held), 1, each.idle_since) for each in agents],
            "contact": [
                (each.id, each.cls, each.since, WAITS if each.live else TALKING, each.agent.id if each.agent else None)
                for each in engine.contacts.values()
            ],
            "passed": [(each.id, agent, at) for each in engine.contacts.values() if each.live and each.passed for agent, at in each.passed.items()],
        }

    def _pairs(self, queues: dict[str, int]) -> list[tuple[Any, ...]]:
        """Return group, class, queue, from when they may meet, the part of I and of J that does not change by waiting, and credit."""
        engine, rows = self._engine, []
        for group in sorted({engine.benches.full_group(agent.profile) for agent in engine.agents.values()}):
            row, scarcity = engine.picking.complete(group), engine.rule.scarcity * float(engine.benches.opportunity[group])
            for place, cls in enumerate(row.cls.tolist()):
                spec = engine.lines.specs[cls]
                fit = float(row.resolution[place] / row.pace[place]) - scarcity
                rows.append((group, cls, queues[spec.queue], float(row.after[place]), float(row.base[place]), fit, spec.credit_s))
        return rows

    async def agree(self, floor: Floor, steps: int) -> int:
        """Let the same happen to the engine's `floor` and here; return how often both offered the freed agent the same contact."""
        same = 0
        for _ in range(steps):
            contact_id = self._end_of_a_talk()
            floor.end(contact_id, self._now)
            floor.finish(contact_id, self._now)
            chosen = [event.contact for event in floor.take_events() if event.what == "offered"]
            offered = await self._finish(contact_id)
            cls = self._lots.randrange(len(self._engine.lines.specs))
            floor.arrive(self._next, cls, self._now)
            await self._arrive(cls)
            if offered != chosen:
                break  # from here on these are two floors
            same += 1
            for each in chosen:
                floor.accept(each, self._now)
                await self._connection.execute("SELECT accept($1, $2)", each, self._now)
                self._talking.append(each)
            floor.take_events()
        return same

    async def run(self, seconds: float) -> tuple[float, float]:
        """Live for so long; return decisions per second by the clock, and per second of CPU of client and server (0 when it is not our machine)."""
        offers, classes = 0, len(self._engine.lines.specs)
        started, cpu = time.perf_counter(), self._cpu_s()
        while (spent := time.perf_counter() - started) < seconds:
            offered = await self._finish(self._end_of_a_talk())
            offered += await self._arrive(self._lots.randrange(classes))
            offers += await self._answer(offered)
        busy = self._cpu_s() - cpu
        return offers / spent, offers / busy if self._stat.exists() else 0.0

    def _cpu_s(self) -> float:
        """Return the CPU seconds of this process and of the server's process that works for it."""
        if not self._stat.exists():
            return time.process_time()
        user, system = self._stat.read_text().rpartition(")")[2].split()[11:13]
        return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def _end_of_a_talk(self) -> int:
        self._now += 0.004
        place = self._lots.randrange(len(self._talking))
        contact_id, self._talking[place] = self._talking[place], self._talking[-1]
        self._talking.pop()
        return contact_id

    async def _finish(self, contact_id: int) -> list[int]:
        await self._connection.execute("SELECT end_talk($1)", contact_id)
        return await self._offers("SELECT finish($1, $2)", contact_id, self._now)

    async def _arrive(self, cls: int) -> list[int]:
        self._next += 1
        return await self._offers("SELECT arrive($1, $2, $3)", self._next - 1, cls, self._now)

    async def _offers(self, step: str, *values: float) -> list[int]:
        return [row[0] for row in await self._connection.fetch(step, *values)]

    async def _answer(self, offered: list[int]) -> int:
        """Answer every open offer, and those that follow from the answers; return how many there were."""
        offers = 0
        while offered:
            offers += 1
            contact_id, lot = offered.pop(0), self._lots.random()
            if lot < self._rejects:
                offered += await self._offers("SELECT decline($1, $2)", contact_id, self._now)
            elif lot < self._rejects + self._leaves:
                offered += await self._offers("SELECT hang_up($1, $2)", contact_id, self._now)
            elif await self._connection.fetchval("SELECT accept($1, $2)", contact_id, self._now):
                self._talking.append(contact_id)
        return offers
