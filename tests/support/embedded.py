"""The whole house in one process of its own, as `make run` starts it: SQLite, a free port, a data folder of the test's."""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.child import Child

ROOT = Path(__file__).parent.parent.parent
START_S = 90.0
LAST_LOADED = "/knowledge/v1/articles"
ARTICLES = 7


@dataclass(frozen=True)
class EmbeddedHouse:
    """A running house with the demo organisation in it."""

    url: str
    key: str
    """An administrator's."""
    mailbox: Path
    data_dir: Path
    pid: int


@contextlib.asynccontextmanager
async def embedded_house(tmp_path: Path, *, env: Mapping[str, str] | None = None) -> AsyncIterator[EmbeddedHouse]:
    """Start the house below `tmp_path`; inside the block it is ready and its organisation loaded. A failure carries the end of its log."""
    data_dir, port = tmp_path / "house", _free_port()
    data_dir.mkdir(parents=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
    own = {"ANTIPHON_DATA_DIR": str(data_dir), "PORT": str(port), "HOST": "127.0.0.1", **(env or {})}
    child = await asyncio.to_thread(Child, [sys.executable, "-m", "gateway"], log=tmp_path / "house.log", cwd=ROOT, env=clean | own)
    try:
        url = f"http://127.0.0.1:{port}"
        yield EmbeddedHouse(url, await _ready(url, data_dir / "development.key", child), data_dir / "mailbox", data_dir, child.pid)
    except BaseException as problem:
        problem.add_note(child.log_tail())
        raise
    finally:
        await asyncio.to_thread(child.stop)


async def _ready(url: str, key_file: Path, child: Child) -> str:
    """Return the key as soon as the organisation is loaded, which is the last that happens at the start."""
    deadline = time.monotonic() + START_S
    async with httpx.AsyncClient(base_url=url, timeout=10) as api:
        while True:
            if child.exit_code() is not None:
                message = f"the house ended at its start: {child.exit_code()}"
                raise RuntimeError(message)
            with contextlib.suppress(httpx.TransportError, OSError):
                key = await asyncio.to_thread(key_file.read_text)
                found = await api.get(LAST_LOADED, params={"state": "validated"}, headers={"Authorization": f"Bearer {key.strip()}"})
                if found.is_success and len(found.json()["items"]) >= ARTICLES:
                    return key.strip()
            if time.monotonic() > deadline:
                message = f"the house was not ready within {START_S} s"
                raise TimeoutError(message)
            await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
