"""How soon a newcomer gets the first answer from `make run`, and how much memory the whole house takes after a week was played in it."""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx

from infra.demo.organisation import load_organisation
from tests.bench.figure import Figure
from tests.support.child import Child
from tests.support.server_files import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
PLAY_S = 900.0
LOOK_S = 0.01
QUESTION = "{ cycleHealth { sentence } }"
_KEY = re.compile(r"Your key\s+(\S+)")


@dataclass(frozen=True)
class Started:
    """A house that has answered its first question."""

    url: str
    key: str
    seconds: float
    pid: int
    env: dict[str, str]


@asynccontextmanager
async def started(data_dir: Path, log: Path) -> AsyncIterator[Started]:
    """Run `python -m gateway`; inside the block it has given its first GraphQL answer to the key that it printed."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
    env = clean | {"ANTIPHON_DATA_DIR": str(data_dir), "PORT": str(port), "HOST": "127.0.0.1"}
    begin = time.perf_counter()
    child = await asyncio.to_thread(Child, [sys.executable, "-m", "gateway"], log=log, cwd=ROOT, env=env)
    try:
        url = f"http://127.0.0.1:{port}"
        key = await _first_answer(url, log, child)
        yield Started(url, key, time.perf_counter() - begin, child.pid, env)
    finally:
        await asyncio.to_thread(child.stop)


async def _first_answer(url: str, log: Path, child: Child) -> str:
    """Return the printed key as soon as a question with it was answered without errors."""
    end = time.monotonic() + PATIENCE_S
    async with httpx.AsyncClient(base_url=url, timeout=10) as api:
        while time.monotonic() < end and child.exit_code() is None:
            found = _KEY.search(await asyncio.to_thread(log.read_text, errors="replace"))
            if found:
                answer = await api.post("/graphql", json={"query": QUESTION}, headers={"Authorization": f"Bearer {found[1]}"})
                if answer.is_success and "errors" not in answer.json():
                    return found[1]
            await asyncio.sleep(LOOK_S)
    message = f"the house gave no answer within {PATIENCE_S:g} s: {child.log_tail()}"
    raise RuntimeError(message)


async def _played(house: Started) -> str:
    """Play the demo's week as `make demo` does, or load the organisation where there is no week; return what was done."""
    if find_spec("infra.demo.week") is None:
        await load_organisation(house.url, house.key)
        return "after loading the organisation"
    begin = time.perf_counter()
    words = [sys.executable, "-m", "infra.demo.week", "--url", house.url, "--key", house.key]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, env=house.env, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    out, _ = await asyncio.wait_for(process.communicate(), PLAY_S)
    if process.returncode != 0:
        message = f"the demo's week was not played: {out.decode(errors='replace')[-1000:]}"
        raise RuntimeError(message)
    return f"after the demo's week, played in {time.perf_counter() - begin:.0f} s"


def memory_mb(pid: int, what: str) -> float:
    """Return `VmRSS` (now) or `VmHWM` (the most so far) of a process, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with started(folder / "house", folder / "first.log") as house:
            first, done = house.seconds, await _played(house)
            now, most = memory_mb(house.pid, "VmRSS"), memory_mb(house.pid, "VmHWM")
        async with started(folder / "house", folder / "second.log") as house:
            second = house.seconds
    return [
        Figure("embedded.start_s", first, "s", goal=8, lower_is_better=True, note="empty data folder, to the first GraphQL answer"),
        Figure("embedded.start_again_s", second, "s", goal=8, lower_is_better=True, note="the same folder, after the play"),
        Figure("embedded.rss_mb", now, "MiB", goal=350, lower_is_better=True, note=f"{done}; at most {most:.0f} MiB on the way"),
    ]
