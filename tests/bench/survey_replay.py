"""Events through two dispatcher processes that are killed (SIGKILL) at random, over two clock changes: what got lost, doubled, or broke a cap.

`make bench-long` replays a million events; `make bench` as many as REPLAY_EVENTS says (usually 50,000): the rates do not depend on it.
"""

import os
import tempfile
import time
from pathlib import Path

from tests.bench.figure import Figure
from tests.integration.survey.replaying import Place, ProcessDispatcher, replay
from tests.integration.survey.telling import tell
from tests.support.servers import fresh_database, postgres_server

EVENTS = 50_000
SEED = 20261122


async def run() -> list[Figure]:
    """Replay, then count."""
    events = int(os.environ.get("REPLAY_EVENTS", str(EVENTS)))
    kills = max(10, events // 2_000)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        url = await fresh_database(server)
        verdict = await replay(Place(url, Path(folder), letters=False), tell(events, SEED), kills=kills, seed=SEED, spawn=ProcessDispatcher)
    seconds = time.perf_counter() - started
    note = (
        f"{verdict.events} events, two processes, {kills} kills, clocks an hour apart, {verdict.invited} asked,"
        f" {verdict.outside_hours} outside decent hours, {seconds:.0f} s"
    )
    found = {"lost": verdict.lost, "doubled": verdict.doubled, "cap_violations": verdict.cap_violations, "undecided": verdict.undecided}
    return [Figure(f"survey.replay_{what}", count, "decisions", goal=0, lower_is_better=True, note=note) for what, count in found.items()]
