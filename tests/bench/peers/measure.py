"""Runs the peers of our due engine, each in a process of its own, and returns what it printed.

graphile-worker needs Node 20 or newer with npm (installed from the committed lock into node_modules beside this file); procrastinate
needs the dependency group `bench`. What is missing is said, never skipped in silence.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TIMEOUT_S = 900.0


class PeerUnavailableError(RuntimeError):
    """A peer cannot be measured on this machine; the message says what is missing."""


def graphile_worker(url: str, *, jobs: int, future: int = 0) -> dict[str, str | int | float]:
    """Measure graphile-worker's batched mode on the database `url`; its schema there is dropped and installed anew.

    `jobs` no-op jobs are due, `future` more fall due in thirty days. `jobs_per_s` is the figure.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise PeerUnavailableError("graphile-worker needs Node 20 or newer with npm")
    if not (HERE / "node_modules" / "graphile-worker").exists():
        _run([npm, "ci", "--ignore-scripts", "--no-progress"])
    return _figure([node, "graphile_worker.mjs", _plain(url), "--jobs", str(jobs), "--future", str(future)])


def procrastinate(url: str, *, jobs: int, future: int = 0) -> dict[str, str | int | float]:
    """Measure procrastinate with 50 concurrent no-op jobs on the empty database `url`; arguments as for graphile_worker."""
    if importlib.util.find_spec("procrastinate") is None:
        raise PeerUnavailableError("procrastinate is missing: uv sync --group bench")
    script = str(HERE / "procrastinate_worker.py")
    return _figure([sys.executable, script, _plain(url), "--jobs", str(jobs), "--future", str(future)])


def _plain(url: str) -> str:
    """The address without SQLAlchemy's driver, as everybody else writes it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def _figure(command: list[str]) -> dict[str, str | int | float]:
    """The JSON of the last line it printed."""
    figure: dict[str, str | int | float] = json.loads(_run(command).splitlines()[-1])
    return figure


def _run(command: list[str]) -> str:
    """Run beside this file; what it printed."""
    ended = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if ended.returncode != 0:
        msg = f"{command[0]} failed:\n{ended.stdout}{ended.stderr}"
        raise PeerUnavailableError(msg)
    return ended.stdout
