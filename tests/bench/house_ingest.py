"""How many voices a second come in through the whole stack, beside a stock FastAPI endpoint that only validates the same body.

Both are served by one uvicorn worker; a second process asks over 32 kept connections, in turns, and the medians are compared. Ours checks
token and scope, reads strictly, masks, stores item, idempotency key and event, and its relay and due engine run meanwhile.
`python -m tests.bench.house_ingest URL TOKEN SECONDS NAME` is the asking process alone.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvloop
from fastapi import FastAPI, Response

from services.kit.auth import Principal, sign_token
from services.kit.settings import ServiceSettings
from tests.bench.figure import Figure
from tests.support.child import Child
from tests.support.server_files import free_port
from tests.support.servers import fresh_database, postgres_server

ROOT = Path(__file__).parents[2]
PATH = "/feedback/v1/items"
CONNECTIONS = 32
ROUND_S = 5.0
WARM_S = 2.0
ROUNDS = 5
REST_S = 60.0
TEXT = "I waited three weeks for my new card and nobody could tell me where it is. Delivery 48 113, the shop was friendly, the answer was not."
ITEM = {"kind": "service_review", "language": "en", "score": 2, "scale_max": 5, "customer_id": "0198b0c1-7e3e-7aaa-8a7e-3c0f3b1a9d21", "text": TEXT}


def noop() -> FastAPI:
    """Return the floor: FastAPI with one plain route that validates the body and answers 201."""
    from services.feedback.api.items import RecordItem
    from services.kit.service import settle_memory

    settle_memory()  # as the house does; both sides alike
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post(PATH, status_code=201)
    async def post_item(command: RecordItem) -> Response:  # noqa: ARG001  validating it is all that is asked
        return Response(status_code=201)

    return app


def ours() -> FastAPI:
    """Return the feedback service as it runs in one process; only the reading of items by models, a matter of its own, does nothing."""
    from services.feedback.app import service
    from services.kit.bus import InProcessBus
    from services.kit.service import House, Job, create_app, settle_memory

    settle_memory()

    async def not_read(_: Any, __: Any) -> None:
        """The row is claimed and finished, as always; the models are left alone."""

    jobs = [Job(job.kind, not_read, concurrency=1) if job.kind == "categorise" else job for job in service.jobs]
    return create_app(replace(service, jobs=jobs), House(bus=InProcessBus()))


# --- the asking process ----------------------------------------------------------------------------------------------------------------


@dataclass
class Asked:
    """What all connections together ask, and what came back."""

    url: str
    token: str
    name: str
    number: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    stopped: bool = False

    def __post_init__(self) -> None:
        body = json.dumps(ITEM | {"external_id": f"{self.name}-@@@@@@@@"}).encode()
        self._head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {urlsplit(self.url).netloc}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: {self.name}-"
        ).encode()
        self._before, self._after = body.split(b"@@@@@@@@")

    def request(self) -> bytes:
        """Return the next request; every one is a new intent about a new item."""
        self.number += 1
        number = b"%08d" % self.number
        return b"".join((self._head, number, b"\r\n\r\n", self._before, number, self._after))


class Connection(asyncio.Protocol):
    """Asks again as soon as the whole answer is there."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._buffer = b""
        self._transport: Any = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(self._asked.request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        place = head.find(b"content-length:")
        length = 0 if place < 0 else int(head[place + 15 :].split(b"\r\n", 1)[0])
        if len(self._buffer) < end + 4 + length:
            return
        self._asked.answers[int(head[9:12])] += 1
        self._buffer = b""
        if self._asked.stopped:
            self._transport.close()
        else:
            self._transport.write(self._asked.request())

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None or not self._asked.stopped:
            self._asked.answers[0] += 1
        self.ended.set_result(None)


async def ask(asked: Asked, seconds: float) -> dict[str, Any]:
    """Keep all connections busy for `seconds`; return how many answers came of each status, and in which time."""
    loop, place = asyncio.get_running_loop(), urlsplit(asked.url)
    begin = time.perf_counter()
    made = [await loop.create_connection(lambda: Connection(asked), place.hostname or "", place.port or 80) for _ in range(CONNECTIONS)]
    await asyncio.sleep(seconds)
    asked.stopped = True
    await asyncio.wait_for(asyncio.gather(*(connection.ended for _, connection in made)), 30)
    return {"seconds": time.perf_counter() - begin, "answers": dict(asked.answers)}


# --- the measuring process -------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def served(name: str, env: Mapping[str, str], log: Path, *, module: str = __name__) -> AsyncIterator[str]:
    """Serve an app that a function of `module` makes with one worker; its address."""
    port = free_port()
    words = ["-m", "uvicorn", "--factory", f"{module}:{name}", "--host", "127.0.0.1", "--port", str(port)]
    child = await asyncio.to_thread(Child, [sys.executable, *words, "--no-access-log", "--log-level", "warning"], log=log, cwd=ROOT, env=env)
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
    try:
        async with httpx.AsyncClient(timeout=5) as api:
            while True:
                try:
                    await api.get(f"{url}/feedback/healthz")
                    break
                except httpx.TransportError:
                    if time.monotonic() > end or child.exit_code() is not None:
                        raise RuntimeError(child.log_tail()) from None
                    await asyncio.sleep(0.05)
        yield url
    finally:
        await asyncio.to_thread(child.stop)


async def per_second(url: str, token: str, seconds: float, name: str) -> float:
    """Return the answers a second of one round; raises unless every one is 201."""
    words = [sys.executable, "-m", "tests.bench.house_ingest", url, token, str(seconds), name]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    out, _ = await asyncio.wait_for(process.communicate(), seconds + 60)
    found = json.loads(out)
    if set(found["answers"]) != {"201"}:
        message = f"not every answer was 201: {found['answers']}"
        raise RuntimeError(message)
    return float(found["answers"]["201"] / found["seconds"])


async def at_rest(url: str) -> tuple[float, int]:
    """Wait until the outbox is empty, so that ours does not work in the floor's turn; return the seconds and what waited at first."""
    begin, first = time.monotonic(), -1
    async with httpx.AsyncClient(base_url=url, timeout=30) as api:
        while time.monotonic() - begin < REST_S:
            waiting = (await api.get("/feedback/readyz")).json()
            first = waiting["outbox"] if first < 0 else first
            if waiting["outbox"] == waiting["due_overdue"] == 0:
                return time.monotonic() - begin, first
            await asyncio.sleep(0.05)
    message = f"the outbox is not empty after {REST_S:g} s"
    raise RuntimeError(message)


async def compared(figure: str, goal: float, folder: Path, database_url: str | None) -> Figure:
    """Measure both in turns."""
    await asyncio.to_thread(folder.mkdir)
    settings = ServiceSettings(data_dir=folder)
    now, life = datetime.now(UTC), timedelta(hours=1)
    caller = Principal("bench", frozenset(), frozenset({"feedback:write"}))
    token = sign_token(settings.token_private_key.get_secret_value(), caller, audience="feedback", now=now, lifetime=life)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
    env = clean | {"ANTIPHON_DATA_DIR": str(folder), "ANTIPHON_FEEDBACK_EMBEDDER": "none"}
    env |= {"ANTIPHON_DATABASE_URL": database_url} if database_url else {}
    floor, own, waits = [], [], []
    async with served("noop", env, folder / "noop.log") as noop_url, served("ours", env, folder / "ours.log") as own_url:
        await per_second(noop_url, token, WARM_S, "warm")
        await per_second(own_url, token, WARM_S, "warm")
        await at_rest(own_url)
        for number in range(ROUNDS):
            floor.append(await per_second(noop_url, token, ROUND_S, f"floor-{number}"))
            own.append(await per_second(own_url, token, ROUND_S, f"own-{number}"))
            waits.append(await at_rest(own_url))
    slowest, most = max(one for one, _ in waits), max(count for _, count in waits)
    note = (
        f"median of {ROUNDS} rounds of {ROUND_S:g} s, {CONNECTIONS} connections; from {min(own):.0f} to {max(own):.0f} a second;"
        f" the models do not read meanwhile; at most {most} events still waited at the end of a round, for {slowest:.1f} s"
    )
    reference = "FastAPI, one route, the same body model, 201"
    return Figure(figure, statistics.median(own), "requests/s", goal=goal, reference=reference, reference_value=statistics.median(floor), note=note)


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name, postgres_server() as server:
        return [
            await compared("ingest.sqlite_ratio", 0.35, Path(name) / "lite", None),
            await compared("ingest.pg_ratio", 0.2, Path(name) / "pg", await fresh_database(server)),
        ]


if __name__ == "__main__":
    told = Asked(sys.argv[1], sys.argv[2], sys.argv[4])
    sys.stdout.write(json.dumps(uvloop.run(ask(told, float(sys.argv[3])))))
