"""What a compiled plan costs beside graphql-core with its document cached, in process; and whether the two ever differ."""

import io
import os
import time
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path

from gateway.clients.all import NAMES, OWN, make_clients
from gateway.clients.service import Caller, Patience, Service
from gateway.context import GatewayContext
from gateway.execution.documents import Documents
from gateway.execution.run import GraphQLRequest, Runner
from gateway.execution.stale import LastGood
from gateway.schema.build import core_schema
from services.kit.auth import Principal
from services.kit.log import configure_logging
from services.kit.service import settle_memory
from tests.bench.figure import Figure
from tests.support.gateway_upstream import CUSTOMER, FixedTransport, shown, views_of
from tests.support.plan_fuzz import compare

VIEW = (Path(__file__).parents[1] / "support" / "gateway_view.graphql").read_text(encoding="utf-8")
ROUNDS, EACH = 12, {True: 600, False: 40}
"""Runs of the plan and of graphql-core in one turn: about as much time for each, so that both have as warm a machine as in service."""
FUZZED = 2_600
"""Generated documents; about nine in ten are valid. `ANTIPHON_BENCH_DOCUMENTS` for fewer."""
ASKER = Principal(
    subject="bench", roles=frozenset({"agent"}), scopes=frozenset({f"{name}:read" for name in NAMES} | {"pii:read"}), sites=None, vendors=None
)


class Instant(Service):
    """A service whose answer is there already: what calling costs is measured by the figures over HTTP."""

    def __init__(self, name: str) -> None:
        super().__init__(name, FixedTransport(name), lambda _principal, _service: "token")
        self._views = views_of(name)
        self._asked = self._told = b""

    async def ask(self, caller: Caller, path: str, body: bytes) -> bytes:  # noqa: ARG002  whoever asks
        if body != self._asked:
            self._asked, self._told = body, shown(self._views, body)
        return self._told


async def run() -> list[Figure]:
    """Measure both executors over the same answers, in turns; then compare them over damaged data."""
    with redirect_stderr(io.StringIO()):  # lines are written as in production, where a file takes them
        return await _measured()


async def _measured() -> list[Figure]:
    configure_logging("info")
    clients = make_clients({name: FixedTransport(name) for name in (*NAMES, OWN)}, lambda _principal, _service: "token", Patience())
    clients = replace(clients, services={name: Instant(name) for name in clients.services})
    documents = Documents(core_schema(), suggestions=False)
    runners = {compiled: Runner(documents, False, 2.0, 5.0, compiled) for compiled in (True, False)}
    request = GraphQLRequest(VIEW, None, {"id": str(CUSTOMER), "contacts": 20})
    best = {True: 1e9, False: 1e9}
    settle_memory()
    shown = {}
    for _ in range(ROUNDS):
        for compiled, runner in runners.items():
            started = time.thread_time()
            for _ in range(EACH[compiled]):
                context = GatewayContext(Caller(ASKER, "bench", time.monotonic() + 60), clients, LastGood(30), 0.2)
                shown[compiled] = (await runner.run(runner.ready(request, ASKER), context)).json()
            best[compiled] = min(best[compiled], (time.thread_time() - started) / EACH[compiled] * 1e6)
    if shown[True] != shown[False]:
        raise AssertionError("the plan answers the unified view differently from graphql-core")
    tally = await compare(range(int(os.environ.get("ANTIPHON_BENCH_DOCUMENTS", FUZZED))))
    note = f"{len(shown[True])} bytes, every answer decoded, checked and encoded; the reference's document is parsed and validated once, as ours"
    seen = ", ".join(f"{count} {what}" for what, count in sorted(tally.seen.items()))
    seen += "; differing: " + ("; ".join(text.partition("\n")[0] for text in tally.differences[:5]) or "none")
    return [
        Figure("gateway.plan_vs_core", best[False], "µs CPU", 20, reference="the same with the compiled plan", reference_value=best[True], note=note),
        Figure("gateway.fuzz_differences", len(tally.differences), "differences", 0, lower_is_better=True, note=seen),
        Figure("gateway.fuzz_documents", tally.seen["valid"], "valid documents", 2_000),
    ]
