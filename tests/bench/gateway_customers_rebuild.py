"""What it takes to make the timeline anew from the archive, and whether a long past makes each entry dearer.

`ANTIPHON_BENCH_ENTRIES` asks for another number than 100,000; the reference has a tenth of it. The timelines before and after must be equal.
"""

import os
import tempfile
import time
from pathlib import Path
from uuid import UUID

from infra.rebuild_timeline import rebuild
from services.customers.app import service
from services.kit.db import Tx
from tests.bench.figure import Figure
from tests.integration.customers.builders import put
from tests.support.life import SCOPES, live
from tests.support.room import opened_room

ENTRIES = 100_000
PEOPLE = 20
_SHOWN = "SELECT seq, id, customer_id, occurred_us, kind, source, length(data) FROM timeline_entry ORDER BY seq"
_SIZES = "SELECT (SELECT sum(length(data)) FROM timeline_entry), (SELECT sum(length(event)) FROM archived_event)"


async def lines(tx: Tx) -> int:
    """Return a mark of the whole timeline; sealed texts are compared by their length, since each sealing differs."""
    return hash(tuple(map(tuple, await tx.raw(_SHOWN))))


async def sizes(tx: Tx) -> list[int]:
    ((entries, events),) = await tx.raw(_SIZES)
    return [entries, events]


async def measured(folder: Path, count: int) -> tuple[float, float, str]:
    """Return seconds and CPU seconds for 100,000 entries, where there are `count`; and what is kept of one."""
    async with opened_room(service, folder, None) as room:
        api = room.client(*SCOPES)
        for number in range(PEOPLE):
            await live(room.runtime, UUID((await put(api, f"P-{number}"))["id"]), count // PEOPLE)
        before = await room.runtime.read(lines)
        started, spent = time.perf_counter(), time.process_time()
        progress = await rebuild(room.runtime.db, anew=True, say=lambda _: None)
        took, cost = time.perf_counter() - started, time.process_time() - spent
        if await room.runtime.read(lines) != before:
            raise AssertionError("the timeline is not what it was")
        entries, events = await room.runtime.read(sizes)
    note = f"an entry is {entries // count} bytes in the timeline, {events // count} in the archive"
    return took / progress.entries * 1e5, cost / progress.entries * 1e5, note


async def run() -> list[Figure]:
    count = int(os.environ.get("ANTIPHON_BENCH_ENTRIES", ENTRIES))
    with tempfile.TemporaryDirectory() as name:
        few_s, few, _ = await measured(Path(name) / "few", count // 10)
        many_s, many, note = await measured(Path(name) / "many", count)
    note = f"{count:,} entries against {count // 10:,}, SQLite, {PEOPLE} people; {many_s:.1f} and {few_s:.1f} s by the clock; {note}"
    reference = "the same with a tenth of the entries"
    unit = "s CPU per 100,000 entries"
    return [
        Figure("customers.rebuild", many, unit, goal=1.5, lower_is_better=True, reference=reference, reference_value=few, note=note),
    ]
