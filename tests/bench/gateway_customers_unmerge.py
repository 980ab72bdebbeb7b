"""Whether a merge is taken back exactly, whatever happened before, in between and after, and whether a view costs more with a long life.

`customers.unmerge`: random histories of events (by id, by key, late), orders, new keys, merges and undos in any order. In the middle everybody
must be the person that the merges in force say; when every merge is taken back each record must be exactly what was said to it: keys, picture,
mood, orders, consents, and every entry of the timeline in its place.
"""

import asyncio
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench.figure import Figure
from tests.support.histories import play
from tests.support.life import view_cost

HISTORIES = 10_000
AT_ONCE = 250
"""Histories in one database: each has customers of its own."""


def some(first: int, count: int) -> list[int]:
    """Play some histories in a process of their own; return the seeds of those that were not taken back exactly."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(play(range(first, first + count), Path(folder)))


async def run() -> list[Figure]:
    count = int(os.environ.get("ANTIPHON_BENCH_HISTORIES", HISTORIES))
    seed, started = time.time_ns() % 10**9, time.perf_counter()
    firsts = range(seed, seed + count, AT_ONCE)
    with ProcessPoolExecutor(2) as pool:
        wrong = [one for found in pool.map(some, firsts, [min(AT_ONCE, seed + count - first) for first in firsts]) for one in found]
    note = f"{count} histories from seed {seed} in {time.perf_counter() - started:.0f} s, SQLite; not restored: {wrong[:5]}"
    figures = [Figure("customers.unmerge", len(wrong), "histories", goal=0, lower_is_better=True, note=note)]
    with tempfile.TemporaryDirectory() as folder:
        few, many = await view_cost(Path(folder) / "life")
        figures.append(
            Figure(
                "customers.view_growth",
                many,
                "us CPU",
                goal=1.5,
                lower_is_better=True,
                reference="view with 10 entries",
                reference_value=few,
                note="internal view door, all sections, SQLite; 10,000 entries against 10",
            )
        )
    return figures
