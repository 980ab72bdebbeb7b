"""Measures procrastinate, the best known Python job queue on PostgreSQL, with jobs that do nothing.

    python -m tests.bench.peers.procrastinate_worker postgresql://… --jobs 2000 [--future 100000] [--concurrency 50]

Its schema is installed into the database, which must be empty. Prints one JSON line: `jobs_per_s` counts from the start of the worker
until it finds nothing more to do. Needs the dependency group `bench`.
"""

import argparse
import asyncio
import json
import logging
import resource
import time
from datetime import UTC, datetime, timedelta

import procrastinate
from procrastinate.types import JSONDict

DEFER_BATCH = 1000
FUTURE = timedelta(days=30)


async def measure(url: str, *, jobs: int, future: int, concurrency: int) -> dict[str, str | int | float]:
    """Install, fill, drain once; raise when a job was left behind."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=4, max_size=10))
    done = 0

    @app.task(name="noop")
    async def noop(number: int) -> None:  # noqa: ARG001  the number makes the jobs differ; it must be awaitable
        nonlocal done
        done += 1

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        later = noop.configure(schedule_at=datetime.now(UTC) + FUTURE)
        for deferrer, count in ((later, future), (noop, jobs)):
            for start in range(0, count, DEFER_BATCH):
                await deferrer.batch_defer_async(*_numbered(start, min(count, start + DEFER_BATCH)))
        await app.connector.execute_query_async("ANALYZE")
        cpu = _own_cpu_s()
        started = time.perf_counter()
        await app.run_worker_async(concurrency=concurrency, wait=False, listen_notify=False, install_signal_handlers=False)
        seconds = time.perf_counter() - started
        cpu = _own_cpu_s() - cpu
    if done != jobs:
        msg = f"{jobs - done} jobs were left behind"
        raise RuntimeError(msg)
    return {
        "peer": "procrastinate",
        "mode": f"concurrency {concurrency}",
        "jobs": jobs,
        "future": future,
        "seconds": round(seconds, 3),
        "jobs_per_s": round(jobs / seconds),
        "client_cpu_us_per_job": round(cpu / jobs * 1e6, 1),
    }


def _numbered(start: int, end: int) -> list[JSONDict]:
    """Arguments of the jobs of one batch."""
    return [{"number": n} for n in range(start, end)]


def _own_cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--future", type=int, default=0)
    parser.add_argument("--concurrency", type=int, default=50)
    asked = parser.parse_args()
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    print(json.dumps(asyncio.run(measure(asked.url, jobs=asked.jobs, future=asked.future, concurrency=asked.concurrency))))


if __name__ == "__main__":
    main()
