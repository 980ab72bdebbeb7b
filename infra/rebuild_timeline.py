"""`python -m infra.rebuild_timeline`: make customers' timeline anew from the archive of the events that it heard.

Works on the database that the service's settings name (`ANTIPHON_DATABASE_URL`, or the files of `ANTIPHON_DATA_DIR`), whether the house is
running or not: readers see every entry all the time, and what is told meanwhile is written as ever. It shows how far it is; stopped, in whatever
way, it goes on where it was when it is started again. `--anew` begins at the first event instead. Entries from before there was an archive
(customers' migration 0005) stay as they are.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable

from services.customers.settings import CustomersSettings
from services.customers.use_cases.rebuild_timeline import Progress, begin_rebuild, rebuild_some
from services.kit.clock import SystemClock
from services.kit.database import Database, make_database
from services.kit.migrate import migrate

ROOM = "customers"
REST_S = 0.02
"""Between two steps, so that a running house gets at its SQLite file."""


async def rebuild(database: Database, *, anew: bool, say: Callable[[str], object] = sys.stderr.write, rest_s: float = REST_S) -> Progress:
    """Rebuild to the end, with progress; return how much there was."""
    progress = await database.write(begin_rebuild, anew)
    if progress.entries:
        say(f"going on after {progress.entries:,} of {progress.total:,} entries\n")
    already, started = progress.entries, time.monotonic()
    while not progress.done:
        progress = await database.write(rebuild_some)
        say(f"\r{_sentence(progress, already, time.monotonic() - started)}")
        await asyncio.sleep(rest_s)
    say("\n")
    return progress


def _sentence(progress: Progress, already: int, seconds: float) -> str:
    share = 100 * progress.entries // progress.total if progress.total else 100
    pace = (progress.entries - already) / max(seconds, 1e-6)
    left = f", {(progress.total - progress.entries) / pace:,.0f} s left" if pace and not progress.done else ""
    return f"{share:3} %  {progress.entries:,} of {progress.total:,} entries, {pace:,.0f} a second{left}    "


async def _run(*, anew: bool) -> None:
    settings = CustomersSettings()
    await migrate(room=ROOM, package=f"services.{ROOM}", database_url=settings.database_url, data_dir=settings.data_dir)
    database = make_database(ROOM, settings, SystemClock())
    await database.open()
    try:
        await rebuild(database, anew=anew)
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Rebuild; stopped by hand it says how to go on."""
    asked = argparse.ArgumentParser(
        prog="python -m infra.rebuild_timeline", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--anew", action="store_true", help="begin at the first event, whatever was done before")
    given = asked.parse_args(arguments)
    try:
        asyncio.run(_run(anew=given.anew))
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on from here\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
