"""How fast the engine decides: full life cycles with 10,000 agents and 50,000 waiting, per CPU second; the slowest picks; growth with size.

The reference is the same life on the same floor under the same rule by PostgreSQL with `FOR UPDATE SKIP LOCKED`, in this run: see `_routing_locked`.
The engine keeps all that in memory and commits nothing; what the service stores of its decisions, and how fast, is `routing_durable`.
"""

import random
import time
from dataclasses import dataclass

import asyncpg

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.floor import Floor
from services.routing.domain.engine.parts import ClassSpec, Profile, QueuePromise, Stage
from tests.bench._routing_locked import LockedLife, simple_per_s
from tests.bench.figure import Figure
from tests.support.servers import PostgresServer, fresh_database, postgres_server

SKILLS = 40
QUEUES = 30
STEPS_S = (60.0, 180.0, 600.0)
REJECTS = 0.03
LEAVES = 0.02
DECISIONS = 20_000
LOCKED_S = 8.0
COMPARED = 200


@dataclass(frozen=True)
class Size:
    """How large the floor is."""

    agents: int
    waiting: int
    groups: int
    classes: int


SMALL = Size(1_000, 5_000, 400, 1_500)
LARGE = Size(10_000, 50_000, 400, 1_500)
UNIQUE = Size(10_000, 50_000, 10_000, 1_500)


def lottery(seed: int) -> random.Random:
    """Return a repeatable lottery."""
    return random.Random(seed)  # noqa: S311  repeatable on purpose


def build(size: Size, seed: int, shown: int = 0) -> tuple[Floor, list[int], random.Random]:
    """Return a floor on which everybody is busy or idle in vain, with `size.waiting` contacts in line."""
    lots = lottery(seed)
    queues = [QueuePromise(f"q{number}", offer_s=20.0, wrap_s=10.0, handle_s=200.0 + 10 * number) for number in range(QUEUES)]
    engine = Engine(queues, shown=shown)
    classes = [engine.class_of(class_spec(lots, number)) for number in range(size.classes)]
    profiles = [profile_of(lots, number if size.groups == size.agents else 0) for number in range(size.groups)]
    for number in range(size.agents):
        engine.put_agent(number, profiles[number % size.groups], on_shift=True, since=float(number % 300))
    floor = Floor(engine)
    for number in range(size.waiting + size.agents):
        floor.arrive(number, lots.choice(classes), 1_000.0 + number * 0.01)
    return floor, classes, lots


def class_spec(lots: random.Random, number: int) -> ClassSpec:
    one, two = lots.sample(range(SKILLS), 2)
    level = lots.randint(1, 4)
    wanted = [((f"s{one}", level), (f"s{two}", 2)), ((f"s{one}", level), (f"s{two}", 1)), ((f"s{one}", level),), ((f"s{one}", 1),)]
    stages = tuple(Stage(after, tuple(sorted(needs))) for after, needs in zip((0.0, *STEPS_S), wanted, strict=True))
    return ClassSpec(f"c{number}", "voice", f"q{number % QUEUES}", stages, f"t{number % 50}", 90.0 * (number % 8 == 0))


def profile_of(lots: random.Random, unique: int) -> Profile:
    skills = tuple(sorted((f"s{skill}", lots.randint(1, 5)) for skill in lots.sample(range(SKILLS), lots.randint(3, 8))))
    return Profile(skills, estimates=(("unique", 0.5 + unique / 100_000, 1.0),) if unique else ())


class Life:
    """Everybody answers at once, some decline, some customers leave meanwhile; talks end in random order, and each end brings the next arrival."""

    def __init__(self, size: Size, seed: int) -> None:
        self.floor, self._classes, self._lots = build(size, seed)
        self._next = size.waiting + size.agents
        self._now = 1_000.0 + self._next * 0.01
        self._talking: list[int] = []
        self._answer()

    def _answer(self) -> int:
        """Answer every open offer, and those that follow from the answers; return how many there were."""
        offers = 0
        while events := self.floor.take_events():
            for event in events:
                if event.what != "offered":
                    continue
                offers += 1
                lot = self._lots.random()
                if lot < REJECTS:
                    self.floor.decline(event.contact, self._now)
                elif lot < REJECTS + LEAVES:
                    self.floor.hang_up(event.contact, self._now)
                elif self.floor.accept(event.contact, self._now):
                    self._talking.append(event.contact)
        return offers

    def run(self, decisions: int, *, timed: bool = False) -> tuple[float, list[float]]:
        """Return decisions per CPU second and, when `timed`, how long each end of a talk with the next choice took (µs)."""
        offers, steps, floor, lots = 0, [], self.floor, self._lots
        started = time.process_time()
        while offers < decisions:
            self._now += 0.004
            place = lots.randrange(len(self._talking))
            contact_id, self._talking[place] = self._talking[place], self._talking[-1]
            self._talking.pop()
            step = time.thread_time() if timed else 0.0
            floor.end(contact_id, self._now)
            floor.finish(contact_id, self._now)
            if timed:
                steps.append((time.thread_time() - step) * 1e6)
            if floor.next_at() <= self._now:
                floor.tick(self._now)
            floor.arrive(self._next, lots.choice(self._classes), self._now)
            self._next += 1
            offers += self._answer()
        return offers / (time.process_time() - started), steps

    def locked(self, connection: asyncpg.Connection) -> LockedLife:
        """Return the same life from here on, by PostgreSQL alone."""
        return LockedLife(connection, self.floor.engine, self._talking, self._now, rejects=REJECTS, leaves=LEAVES)


async def run() -> list[Figure]:
    (small, _, _), (large, steps, life), (unique, _, _) = _measure(SMALL), _measure(LARGE), _measure(UNIQUE)
    slowest = sorted(steps)[int(0.99 * len(steps))]
    with postgres_server() as server:
        locked, locked_cpu, same = await _locked_per_s(server, life)
        simple = await simple_per_s(server, agents=2_000, waiting=20_000)
    cycle = "offer, accept, end, wrap, next offer, next arrival; 3 relax steps, 3 % declined, 2 % leave during the offer"
    return [
        Figure(
            "routing.decisions_per_cpu_s",
            large,
            "decisions/CPU s",
            20_000,
            note=f"10,000 agents x 50,000 waiting, 400 groups x 1,500 classes; {cycle}",
        ),
        Figure("routing.decisions_unique_per_cpu_s", unique, "decisions/CPU s", 20_000, note="the same, every agent unlike all others"),
        Figure(
            "routing.vs_skip_locked",
            large,
            "decisions/s",
            50,
            reference="the same floor, rule and life with FOR UPDATE SKIP LOCKED, 1 connection, each step committed",
            reference_value=locked,
            note=f"by the clock, the engine (which commits nothing) by its CPU; per CPU s of client and server the reference makes {locked_cpu:.0f};"
            f" {same} of {COMPARED} first choices were the engine's own; 5M additions in a plain loop took {plain_loop_s():.2f} s",
        ),
        Figure(
            "routing.vs_skip_locked_simple",
            large,
            "decisions/s",
            50,
            reference="UPDATE … FOR UPDATE SKIP LOCKED of the oldest with one of 3 skills, nothing else: 1 connection, 20,000 waiting",
            reference_value=simple,
            note="a simpler question than the engine's, kept to compare with earlier runs",
        ),
        Figure(
            "routing.pick_p99_us",
            slowest,
            "µs",
            300,
            lower_is_better=True,
            note="end, wrap-up and the choice of the next contact in one step, CPU time of the thread",
        ),
        Figure("routing.growth", small / large, "x", 2, lower_is_better=True, note="cost per decision, 10,000 x 50,000 against 1,000 x 5,000"),
    ]


def _measure(size: Size) -> tuple[float, list[float], Life]:
    life = Life(size, 5)
    life.run(DECISIONS // 2)
    per_s, _ = life.run(DECISIONS)
    return per_s, life.run(DECISIONS // 2, timed=True)[1], life


async def _locked_per_s(server: PostgresServer, life: Life) -> tuple[float, float, int]:
    """Return decisions per second by the clock and by CPU, and how many of the first choices were the engine's own."""
    connection = await asyncpg.connect((await fresh_database(server)).replace("+asyncpg", ""))
    try:
        locked = life.locked(connection)
        await locked.set_up()
        same = await locked.agree(life.floor, COMPARED)
        return *(await locked.run(LOCKED_S)), same
    finally:
        await connection.close()


def plain_loop_s() -> float:
    """Return the CPU seconds of a fixed loop: how fast this machine is at the moment."""
    started, total = time.process_time(), 0
    for number in range(5_000_000):
        total += number
    return time.process_time() - started
