"""A contact centre's weeks, replayed through two dispatchers of which one or the other dies at any moment, and judged (`judging.py`).

The clock is a file that all look at; it jumps by hours, and the second dispatcher's is an hour off, one way or the other. With `letters` the
dispatchers also send what they decided; without, sending is left out, which costs more than all the rest and has tests of its own.
"""

import asyncio
import random
import struct
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from services.kit.due import DueJob
from services.kit.events import Envelope, Event
from services.kit.ids import new_id
from services.kit.migrate import migrate
from services.kit.service import House, Job, Runtime, running
from services.kit.tables import from_micros, to_micros
from services.survey.app import service
from services.survey.domain.design import Questionnaire
from services.survey.domain.programme import Rules
from services.survey.settings import SurveySettings
from services.survey.use_cases.judge_decision import SEND
from services.survey.use_cases.set_programme import set_programme
from services.survey.use_cases.set_survey import set_survey
from tests.integration.survey.judging import CAP_DAYS, CAP_LIMIT, Verdict, judged
from tests.integration.survey.scene import DELIVERY, a_customer
from tests.integration.survey.telling import DAYS, FIRST, Story

DECENT = {"start": "09:00", "end": "20:00", "weekdays": [1, 2, 3, 4, 5, 6, 7]}
FRESH_S = 0.005
"""How long a clock believes what it read."""
TOGETHER = 500
"""Events of one delivery."""
CAPS = [{"limit": CAP_LIMIT, "days": CAP_DAYS}]
PROGRAMMES: dict[str, dict[str, Any]] = {
    "order": {"where": {"disposition": ["order_placed"]}, "wait_for": "order_delivered", "give_up_days": 10, "delay_seconds": 86_400, "priority": 10},
    "service": {"where": {"disposition": ["resolved"]}, "delay_seconds": 3600, "share": 0.7, "skip_while": ["case_open"], "priority": 20},
}
SHARED = {"survey": "delivery", "trigger": "contact_ended", "window": DECENT, "caps": CAPS, "channels": ["email"]}


class FileClock:
    """Tells the time that stands in a file, moved by `ahead`."""

    def __init__(self, path: Path, ahead: timedelta = timedelta()) -> None:
        self._path = path
        self._ahead = ahead
        self._read_at, self._last = -1.0, FIRST

    def now(self) -> datetime:
        if monotonic() - self._read_at > FRESH_S:
            self._read_at, self._last = monotonic(), from_micros(struct.unpack("<q", self._path.read_bytes())[0])
        return self._last + self._ahead

    def move_to(self, moment: datetime) -> None:
        self._read_at = -1.0
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(struct.pack("<q", to_micros(moment)))
        fresh.replace(self._path)


class Dispatcher(Protocol):
    """Something that works on what is due, and can be killed."""

    async def kill(self) -> None: ...


async def leave_out(_: Any, __: DueJob) -> None:
    """Send nothing."""


@dataclass(frozen=True)
class Place:
    """Where dispatchers work, and what they do there."""

    url: str
    folder: Path
    letters: bool


async def dispatch(place: Place, ahead: timedelta) -> None:
    """Do what falls due, until killed."""
    settings = SurveySettings(data_dir=place.folder, database_url=place.url)
    clock = FileClock(place.folder / "clock", ahead)
    jobs = service.jobs if place.letters else [job for job in service.jobs if job.kind != SEND] + [Job(SEND, leave_out, concurrency=500)]
    deaf = replace(service, consumers=[], jobs=jobs)
    async with running(deaf, House(clock=clock, settings=settings, background=False)) as runtime:  # type: ignore[arg-type]  # it is moved by its file
        while True:
            if not await runtime.due.step():
                await asyncio.sleep(0.05)


class TaskDispatcher:
    """Within this process; killing it cuts its connections in the middle of whatever they did."""

    def __init__(self, place: Place, ahead: timedelta) -> None:
        self._task = asyncio.create_task(dispatch(place, ahead))

    async def kill(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class ProcessDispatcher:
    """A process of its own; killing it is SIGKILL."""

    def __init__(self, place: Place, ahead: timedelta) -> None:
        command = (sys.executable, "-m", __name__, place.url, str(place.folder), str(place.letters), str(ahead.total_seconds()))
        self._process = asyncio.create_task(asyncio.create_subprocess_exec(*command, cwd=Path(__file__).parents[3]))

    async def kill(self) -> None:
        process = await self._process
        process.kill()
        await process.wait()


Spawn = Callable[[Place, timedelta], Dispatcher]


async def replay(place: Place, story: Story, *, kills: int, seed: int, spawn: Spawn, hours: int = 1) -> Verdict:
    """Replay the story on an empty database, so many hours at a step; hear every event, some twice, while dispatchers die and come back."""
    settings = SurveySettings(data_dir=place.folder, database_url=place.url)
    await migrate(room="survey", package=service.package, database_url=place.url, data_dir=place.folder)
    clock = FileClock(place.folder / "clock")
    clock.move_to(FIRST)
    async with running(service, House(clock=clock, settings=settings, background=False)) as ear:  # type: ignore[arg-type]  # as above
        await ear.write(set_survey, "delivery", Questionnaire.model_validate(DELIVERY))
        for key, rules in PROGRAMMES.items():
            await ear.write(set_programme, key, Rules.model_validate({**SHARED, **rules}))
        await hear(ear, [a_customer(person, time_zone=zone) for person, zone in story.people.items()])
        await _live_through(ear, clock, story, place, random.Random(seed), kills=kills, spawn=spawn, hours=hours)  # noqa: S311  a story, not a secret
    return await judged(place.url, story, kills)


async def _live_through(
    ear: Runtime, clock: FileClock, story: Story, place: Place, draw: random.Random, *, kills: int, spawn: Spawn, hours: int
) -> None:
    workers = [spawn(place, ahead) for ahead in (timedelta(), timedelta(hours=1))]
    steps = DAYS * 24 // hours
    deaths = Counter(draw.randrange(steps) for _ in range(kills))
    heard = 0
    for step in range(steps):
        clock.move_to(max(FIRST + timedelta(hours=step * hours + draw.choice([0, 0, 1])), clock.now()))
        batch: list[Event] = []
        while heard < len(story.events) and story.events[heard][0] <= clock.now():
            batch += [story.events[heard][1]()] * (1 + (draw.random() < 0.02))
            heard += 1
        await hear(ear, batch)
        for _ in range(deaths[step]):
            victim = draw.randrange(2)
            await asyncio.sleep(draw.uniform(0, 0.05))
            await workers[victim].kill()
            workers[victim] = spawn(place, draw.choice([timedelta(), timedelta(hours=1), -timedelta(hours=1)]))
    await hear(ear, [make() for _, make in story.events[heard:]])
    await workers[0].kill()
    workers[0] = spawn(place, timedelta())  # two that are both an hour behind would wait for ever for a time that no longer passes by itself
    await finish(ear, clock)
    for worker in workers:
        await worker.kill()


async def hear(ear: Runtime, events: Sequence[Event]) -> None:
    """Deliver events as the bus would, in batches; the same event twice has the same id."""
    ids: dict[int, UUID] = {}
    for first in range(0, len(events), TOGETHER):
        part = events[first : first + TOGETHER]
        envelopes = [
            Envelope(
                id=ids.setdefault(id(event), new_id()),
                subject=event.subject,
                occurred_at=ear.clock.now(),
                key=event.ordering_key(),
                correlation_id="replay",
                causation_id=None,
                data=event.model_dump_json().encode(),
            )
            for event in part
        ]
        await ear.inbox.deliver(envelopes, None)


async def finish(ear: Runtime, clock: FileClock) -> None:
    """Let time pass to the next due moment, and on again as soon as nothing is overdue, until nothing is due any more."""
    for _ in range(20_000):
        rows = await ear.read(_left)
        if rows is None:
            return
        wanted = from_micros(rows)
        if wanted > clock.now() + timedelta(hours=1):
            clock.move_to(max(wanted, clock.now() + timedelta(hours=6)))
        elif wanted > clock.now():
            clock.move_to(clock.now() + timedelta(hours=2))
        await asyncio.sleep(0.02)
    raise AssertionError("something is due for ever")


async def _left(tx: Any) -> int | None:
    rows = await tx.raw("SELECT min(due_at) AS first FROM due")
    first: int | None = rows[0]["first"]
    return first


if __name__ == "__main__":
    asyncio.run(dispatch(Place(sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "True"), timedelta(seconds=float(sys.argv[4]))))
