"""What it costs to refuse an attack, whether any generated request makes the gateway fail, and what is left when a service is gone.

`ANTIPHON_BENCH_QUERIES` asks for fewer generated requests than 50,000.
"""

import asyncio
import io
import os
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import orjson

from gateway.clients.all import NAMES
from gateway.clients.lean_transport import transport_to
from gateway.clients.service import Patience
from services.kit.log import configure_logging
from tests.bench.figure import Figure
from tests.support.attacks import ATTACKS, wild_bodies
from tests.support.gateway_alone import Alone, gateway_alone
from tests.support.gateway_upstream import CUSTOMER
from tests.support.gateway_upstream import serve as serve_upstream
from tests.support.server_files import free_port

QUERIES = 50_000
AT_ONCE = 2_500
TRIES = 3
ASKED = 4
"""Times that the view is asked of a gateway with one service gone: fewer than open its breaker."""
SLACK_MS = 50.0
VIEW = orjson.dumps(
    {
        "query": (Path(__file__).parents[1] / "support" / "gateway_view.graphql").read_text(encoding="utf-8"),
        "variables": {"id": str(CUSTOMER), "contacts": 20},
    }
)


async def attacked(alone: Alone, log: io.StringIO) -> list[Figure]:
    """Send every attack, and return what the dearest one costs and how many lines the loudest one writes."""
    cost: dict[str, float] = {}
    lines: dict[str, int] = {}
    wrong = []
    for name, attack in ATTACKS.items():
        best = 1e9
        for _ in range(TRIES):
            before = log.tell()
            started = time.thread_time()
            answer = await alone.post(attack.body)
            best = min(best, time.thread_time() - started)
            lines[name] = max(lines.get(name, 0), log.getvalue()[before:].count("\n"))
            if answer.status != attack.status:
                wrong.append(f"{name}: {answer.status}")
        cost[name] = best * 1e3
    dearest, loudest = max(cost, key=cost.__getitem__), max(lines, key=lines.__getitem__)
    note = f"{len(ATTACKS)} attacks, each the least of {TRIES}; the dearest: {dearest}; wrongly answered: {wrong or 'none'}"
    return [
        Figure("gateway.attacks", cost[dearest] if not wrong else 9999.0, "ms CPU", 30, lower_is_better=True, note=note),
        Figure("gateway.attacks_log_lines", lines[loudest], "lines", 1, lower_is_better=True, note=f"the loudest: {loudest}"),
    ]


def wild(first: int, count: int) -> Counter[int]:
    """Send generated requests in a process of their own; return how many had which status."""

    async def send() -> Counter[int]:
        found: Counter[int] = Counter()
        with tempfile.TemporaryDirectory() as folder:
            async with gateway_alone(Path(folder)) as alone:
                for body in wild_bodies(range(first, first + count)):
                    found[(await alone.post(body)).status] += 1
        return found

    with redirect_stderr(io.StringIO()):
        configure_logging("critical")
        return asyncio.run(send())


async def _hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take every request and never answer."""
    while await reader.read(65_536):
        pass
    writer.close()


async def without(name: str, port: int, upstream: int, folder: Path) -> tuple[float, list[str]]:
    """Return the longest wait in ms for the view while the service behind `port` is gone, and what was wrong with the answers."""
    ways = {one: transport_to(f"http://127.0.0.1:{port if one == 'feedback' else upstream}") for one in NAMES}
    worst, wrong = 0.0, []
    async with gateway_alone(folder, ways) as alone:
        for number in range(ASKED):
            started = time.perf_counter()
            answer = await alone.post(VIEW)
            worst = max(worst, (time.perf_counter() - started) * 1e3) if number else worst  # the first prepares the document
            body = orjson.loads(answer.body)
            customer = body["data"]["customer"]
            missing = [part for part, value in customer.items() if value is None and part not in {"tier", "displayName"}]
            typed = [error["extensions"].get("service") for error in body["errors"]]
            if missing != ["feedback"] or typed != ["feedback"] or b"127.0.0.1" in answer.body or str(port).encode() in answer.body:
                wrong.append(f"{name}: without {missing}, errors {typed}")
    return worst, wrong


async def partial() -> Figure:
    """Ask for the unified view while feedback is dead, and while it hangs."""
    upstream, dead = free_port(), free_port()
    serving = asyncio.create_task(serve_upstream(upstream, 0.0))
    hanging = await asyncio.start_server(_hangs, "127.0.0.1", 0)
    await asyncio.sleep(0.2)
    with tempfile.TemporaryDirectory() as folder:
        killed, first = await without("dead", dead, upstream, Path(folder) / "dead")
        silent, second = await without("hanging", hanging.sockets[0].getsockname()[1], upstream, Path(folder) / "hanging")
    serving.cancel()
    hanging.close()
    longest = Patience().read * 1e3
    wrong = first + second
    note = f"dead {killed:.0f} ms, hanging {silent:.0f} ms; one typed error, no host or port: {wrong or 'always'}"
    return Figure("gateway.partial", 9999.0 if wrong else max(killed, silent), "ms", longest + SLACK_MS, lower_is_better=True, note=note)


async def run() -> list[Figure]:
    count = int(os.environ.get("ANTIPHON_BENCH_QUERIES", QUERIES))
    log = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(log), redirect_stdout(io.StringIO()):
        configure_logging("info")
        async with gateway_alone(Path(folder)) as alone:
            figures = await attacked(alone, log)
        figures.append(await partial())
    seed = time.time_ns() % 10**9
    firsts = range(seed, seed + count, AT_ONCE)
    with ProcessPoolExecutor(2) as pool:
        statuses = sum(pool.map(wild, firsts, [min(AT_ONCE, seed + count - first) for first in firsts]), Counter[int]())
    failed = sum(number for status, number in statuses.items() if status >= 500)
    note = f"from seed {seed}: " + ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
    return [*figures, Figure("gateway.wild_5xx", failed, f"of {count} requests", 0, lower_is_better=True, note=note)]
