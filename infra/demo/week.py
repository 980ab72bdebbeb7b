"""`make demo`: a contact centre's week in a running house, told through the public doors only. Twice is the same as once."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from infra.demo.closing import closing
from infra.demo.play import play
from infra.demo.script import DAYS, SLOT_HOURS
from infra.demo.stage import NotPlayed, Stage

URL = "http://127.0.0.1:8000"
PLAIN_WIDTH = 200
"""Where no terminal says how wide it is, lines are not folded."""


def key_of(given: str | None) -> str:
    """Return the key: given, from ANTIPHON_KEY, or the development key of this folder."""
    found = given or os.environ.get("ANTIPHON_KEY")
    if found:
        return found
    path = Path(os.environ.get("ANTIPHON_DATA_DIR", "var")) / "development.key"
    if path.exists():
        return path.read_text().strip()
    return sys.exit(f"No key: start the house with `make run` (it writes {path}), or set ANTIPHON_KEY.")


async def show(url: str, key: str, days: int, console: Console) -> None:
    """Play with a progress display: a bar on a terminal, one line a step everywhere else."""
    live = console.is_terminal and not console.is_dumb_terminal
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with Stage(url, key) as stage:
        with Progress(*columns, console=console, disable=not live) as progress:
            task = progress.add_task("The week", total=days * len(SLOT_HOURS))

            def tell(sentence: str) -> None:
                progress.console.print(f"  {sentence}", highlight=False)
                progress.update(task, advance=int(sentence[0].isupper()), description=sentence.partition(" ")[0])

            monday = await play(stage, days, tell)
        await closing(stage, monday, url, console)


def main() -> None:
    """Play; a refusal ends with its reason and exit code 1."""
    words = argparse.ArgumentParser(prog="python -m infra.demo.week", description=__doc__)
    words.add_argument("--url", default=os.environ.get("ANTIPHON_URL", URL), help="address of the running house")
    words.add_argument("--key", help="an administrator's key; else ANTIPHON_KEY, else the development key")
    words.add_argument("--days", type=int, choices=range(1, DAYS + 1), default=DAYS, help="how many days of the week")
    asked = words.parse_args()
    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    try:
        asyncio.run(show(asked.url, key_of(asked.key), asked.days, console))
    except httpx.ConnectError:
        sys.exit(f"Nobody answers at {asked.url}. Start the house first: make run")
    except NotPlayed as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
