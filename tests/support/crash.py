"""A house under load whose processes are killed with `kill -9` at random moments; afterwards every acknowledged request is looked for.

All is seen through public doors: the client keeps asking with the same Idempotency-Key until it is answered, as a careful client does,
and at the end items, contacts, timelines, statements and figures are read and compared by id.
"""

import asyncio
import contextlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx

from infra.migrate_all import ROOMS
from tests.support.child import Child
from tests.support.server_files import free_port
from tests.support.split import SplitHouse

ROOT = Path(__file__).parents[2]
SERVICES = ("customers", "routing", "survey", "feedback", "knowledge", "insight")
PEOPLE = 6
DEPARTMENT = "crash"
ANSWER_S = 10.0
START_S = 90.0
QUIET_S = 120.0
"""So long nothing at all may move before it is said to lie there for good."""
LEASE = timedelta(minutes=3)
"""What was claimed by a process that died falls due again after its lease; the clock is moved over it where that is wanted."""
VOICES = (
    "My new card has not arrived after three weeks and nobody knows where it is.",
    "Freundlich und schnell geholfen, vielen Dank!",
    "The fee on my statement was never explained to me.",
    "The application crashed twice while I transferred money.",
)


class Crashing(Protocol):
    """A house that can lose a process."""

    @property
    def url(self) -> str:
        """Where its one door is."""

    @property
    def key(self) -> str:
        """An administrator's."""

    async def crash(self, lot: random.Random) -> str:
        """Kill one process and start it again; return which."""


@dataclass
class EmbeddedCrashing:
    """The one process of `make run`, started again on the same port and folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    key: str = ""
    _child: Child | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and return when it is ready."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
        env = clean | {"ANTIPHON_DATA_DIR": str(self.folder / "house"), "PORT": str(self.port), "HOST": "127.0.0.1"}
        words, log = [sys.executable, "-m", "gateway"], self.folder / "house.log"
        self._child = await asyncio.to_thread(Child, words, log=log, cwd=ROOT, env=env)
        end = time.monotonic() + START_S
        async with httpx.AsyncClient(base_url=self.url, timeout=5) as api:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await api.get("/readyz")).is_success:
                        break
                if self._child.exit_code() is not None or time.monotonic() > end:
                    raise RuntimeError(self._child.log_tail())
                await asyncio.sleep(0.05)
        key_file = self.folder / "house" / "development.key"
        while not self.key:
            with contextlib.suppress(OSError):
                self.key = key_file.read_text().strip()
            await asyncio.sleep(0.05)

    async def crash(self, lot: random.Random) -> str:  # noqa: ARG002  there is only one
        await self.stop(kill=True)
        await self.start()
        return "house"

    async def stop(self, *, kill: bool = False) -> None:
        """End it, with SIGTERM or at once."""
        if self._child is not None:
            if kill:
                await asyncio.to_thread(self._child.kill)
            await asyncio.to_thread(self._child.stop)


@contextlib.asynccontextmanager
async def embedded_crashing(folder: Path) -> AsyncIterator[EmbeddedCrashing]:
    """The house in one process for the length of the block."""
    house = EmbeddedCrashing(folder)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    await house.start()
    try:
        yield house
    except BaseException as problem:
        problem.add_note((folder / "house.log").read_text(errors="replace")[-3000:])
        raise
    finally:
        await house.stop()


@dataclass
class SplitCrashing:
    """Any of the seven processes."""

    house: SplitHouse
    key: str

    @property
    def url(self) -> str:
        return self.house.gateway_url

    async def crash(self, lot: random.Random) -> str:
        room = lot.choice(ROOMS)
        await self.house.kill(room)
        await asyncio.sleep(lot.uniform(0.0, 1.0))
        await self.house.start(room)
        return room


@dataclass
class Load:
    """A careful client: numbered requests, each repeated under its key until it is answered."""

    api: httpx.AsyncClient
    people: list[str]
    begin: datetime
    pause_s: float = 0.1
    number: int = 0
    items: dict[str, str] = field(default_factory=dict)
    """External id of an acknowledged item to its id."""
    contacts: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    repeated: Counter[str] = field(default_factory=Counter)
    """Why a request was sent again."""
    replayed: int = 0
    """How often the house answered a repetition from its memory."""
    stopped: bool = False

    async def work(self) -> None:
        """Ask until told to stop; what was begun is brought to its end."""
        while not self.stopped:
            self.number += 1
            number = self.number
            if number % 2:
                await self._until_answered(f"item-{number}", "/feedback/v1/items", self._item(number), self.items)
            else:
                await self._until_answered(f"call-{number}", "/routing/v1/ended-contacts", self._contact(number), self.contacts)
            await asyncio.sleep(self.pause_s)

    def _item(self, number: int) -> dict[str, Any]:
        """Every third by key, so that its customer must be found by an event and its answer."""
        place = number % PEOPLE
        whose = {"customer_key": {"kind": "account", "value": f"CRASH-{place}"}} if number % 3 == 0 else {"customer_id": self.people[place]}
        said = (self.begin + timedelta(milliseconds=number)).isoformat()
        return {"external_id": f"item-{number}", "kind": "service_review", "text": VOICES[number % len(VOICES)], "said_at": said} | whose

    def _contact(self, number: int) -> dict[str, Any]:
        """Every fourth with notes, which become an item of feedback by an event."""
        begun = self.begin + timedelta(milliseconds=number)
        ended = begun + timedelta(minutes=1)
        told = {"external_id": f"call-{number}", "channel": "voice", "direction": "inbound", "queue": DEPARTMENT, "disposition": "left a message"}
        told |= {"started_at": begun.isoformat(), "ended_at": ended.isoformat(), "language": "en"}
        notes = {"notes": VOICES[number % len(VOICES)]} if self.has_notes(f"call-{number}") else {}
        return told | {"customer_key": {"kind": "account", "value": f"CRASH-{number % PEOPLE}"}} | notes

    def has_notes(self, name: str) -> bool:
        """Whether the agent wrote something down."""
        return int(name.rsplit("-", 1)[1]) % 4 == 0

    async def _until_answered(self, name: str, path: str, body: dict[str, Any], answered: dict[str, str]) -> None:
        while True:
            try:
                answer = await self.api.post(path, json=body, headers={"Idempotency-Key": name}, timeout=ANSWER_S)
            except httpx.TransportError as reason:
                self.repeated[type(reason).__name__] += 1
            else:
                if answer.is_success:
                    answered[name] = answer.json()["id"]
                    self.replayed += answer.headers.get("Idempotent-Replayed") == "true"
                    return
                if answer.status_code < 500:
                    self.refused.append(f"{name}: {answer.status_code} {answer.text[:200]}")
                    return
                self.repeated[str(answer.status_code)] += 1
            await asyncio.sleep(0.1)


async def prepare(api: httpx.AsyncClient) -> list[str]:
    """Make the customers, and the queue whose contacts a department of its own is charged for; return the customers' ids."""
    queue = {"name": "Crash", "channels": ["voice"], "sla_seconds": 20, "sla_share": 0.8, "wrap_up_seconds": 20, "department": DEPARTMENT}
    (await api.put(f"/routing/v1/queues/{DEPARTMENT}", json=queue)).raise_for_status()
    (await api.put(f"/insight/v1/departments/{DEPARTMENT}", json={"name": "Crash"})).raise_for_status()
    people = []
    for place in range(PEOPLE):
        answer = await api.put(f"/customers/v1/customers/by-key/account/CRASH-{place}", json={"display_name": f"Person {place}", "language": "en"})
        people.append(answer.raise_for_status().json()["id"])
    return people


async def ordeal(house: Crashing, kills: int, seed: int, *, workers: int = 6, pause_s: float = 0.1) -> tuple[Load, Counter[str]]:
    """Kill `kills` times under load; return what the client was told, and which processes died how often."""
    lot, died = random.Random(seed), Counter[str]()  # noqa: S311  which moment is no secret
    async with httpx.AsyncClient(base_url=house.url, headers={"Authorization": f"Bearer {house.key}"}, timeout=30) as api:
        load = Load(api, await prepare(api), datetime.now(UTC) - timedelta(hours=6), pause_s)
        tasks = [asyncio.create_task(load.work()) for _ in range(workers)]
        for _ in range(kills):
            await asyncio.sleep(lot.uniform(0.2, 2.0))
            died[await house.crash(lot)] += 1
        await asyncio.sleep(1.0)
        load.stopped = True
        await asyncio.gather(*tasks)
    return load, died


async def quiet(api: httpx.AsyncClient, *, skip_leases: bool) -> dict[str, dict[str, int]]:
    """Wait until everything was heard, done and read, three looks in a row, or nothing moves; return the sizes of what still lies somewhere."""
    if skip_leases:
        for room in SERVICES:
            (await api.put(f"/{room}/dev/clock", json={"now": (datetime.now(UTC) + LEASE).isoformat()})).raise_for_status()
    seen: object = None
    end, calm = 0.0, 0
    while True:
        sizes = {room: (await api.get(f"/{room}/readyz")).raise_for_status().json() for room in SERVICES}
        waiting = any(one["outbox"] or one["due_overdue"] or one["held"] > one["parked"] for one in sizes.values())
        unread = [
            one["id"] for one in (await api.get("/feedback/v1/items", params={"state": "received", "limit": 100})).raise_for_status().json()["items"]
        ]
        lying = {room: {name: one[name] for name in ("outbox", "held", "parked", "due_overdue", "dead_letters")} for room, one in sizes.items()}
        lying["feedback"]["unread"] = len(unread)
        if (lying, unread) != seen:
            seen, end = (lying, unread), time.monotonic() + QUIET_S
        calm = 0 if waiting or unread else calm + 1
        if calm == 3 or time.monotonic() > end:
            return lying
        await asyncio.sleep(0.2)
