"""Whether one unified view waits for the slowest service behind the gateway once, or for several of them one behind the other."""

import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from gateway.clients.lean_transport import LeanTransport
from gateway.clients.transport import Call
from tests.bench.figure import Figure
from tests.bench.gateway_peers import ROOT, VIEW, WARM, Gateway, ask_many, ours, start
from tests.support.server_files import free_port

DELAY_MS = 8.0
HOPS, HOP_EACH = 40, 15


def _waited_ms(pids: tuple[int, ...]) -> float:
    """Return for how many ms these processes could have run and had no core, since they began."""
    stats = (path.read_text(encoding="ascii").split() for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    return sum(int(fields[1]) for fields in stats) / 1e6


async def run() -> list[Figure]:
    """Measure the time of one request with slow upstreams, one request at a time."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        port = free_port()
        upstream, _ = start(stack, [sys.executable, "-m", "tests.support.gateway_upstream", str(port), str(DELAY_MS)], core=1, cwd=ROOT)
        gateway = ours(stack, port, Path(folder))
        (hop, waited), (alone, alone_waited) = await _hop(gateway, port, upstream)
    note = f"{len(VIEW.split())} words of query, 5 upstream calls at once; of this {waited:.1f} ms, and {alone_waited:.1f} ms of the reference,"
    return [
        Figure(
            "gateway.one_hop",
            hop,
            "ms p50",
            1.6,
            lower_is_better=True,
            reference=f"one call of an upstream that waits {DELAY_MS:g} ms, from the same client",
            reference_value=alone,
            note=f"{note} went by ready to run without a core (mean of the round), since other work had it",
        ),
    ]


async def _hop(gateway: Gateway, port: int, upstream: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ms of one view through the gateway, and of one call of the slow upstream from the same client: no answer can come sooner.

    Taken in turns; each is the least median of all rounds, so that what else runs on the machine is in neither as far as possible. Beside
    each stands what a request of that round waited for a core on the average.
    """
    way = LeanTransport(f"http://127.0.0.1:{port}")
    await ask_many(gateway, WARM // 4)
    through, alone = [], []
    for _ in range(HOPS):
        here = (os.getpid(), upstream)
        before = _waited_ms((*here, gateway.pid))
        _, took = await ask_many(gateway, HOP_EACH, connections=1)
        through.append((statistics.median(took), (_waited_ms((*here, gateway.pid)) - before) / HOP_EACH))
        before = _waited_ms(here)
        direct = []
        for _ in range(HOP_EACH):
            started = time.perf_counter()
            await way.call(Call("POST", "/feedback/internal/v1/customers/views", (), b"{}", 2.0))
            direct.append((time.perf_counter() - started) * 1_000)
        alone.append((statistics.median(direct), (_waited_ms(here) - before) / HOP_EACH))
    await way.close()
    return min(through), min(alone)
