"""All services and the gateway as separate processes on this machine, against a PostgreSQL and a NATS that already run."""

import asyncio
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from sqlalchemy import make_url

from infra.migrate_all import GATEWAY, ROOMS, ROOT, SERVICES, make_roles, migrate_rooms, role_of
from tests.support.child import Child
from tests.support.server_files import free_port

READY_TIMEOUT_S = 180.0
STOP_PATIENCE_S = 20.0


class HouseNotReadyError(RuntimeError):
    """A process did not come up or went down; the message holds the end of its log."""


class LocalHouse:
    """Starts, kills, stops and watches the processes; restarts nothing by itself.

    Every method blocks; call it from a thread when an event loop runs.
    """

    def __init__(
        self,
        *,
        data_dir: Path,
        database_url: str,
        bus_url: str,
        ports: Mapping[str, int] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the house; nothing is started yet.

        `data_dir` keeps mail, development secrets and logs. `database_url` is one empty or migrated PostgreSQL database, as an
        administrator. `ports` room -> TCP port, None: free ones. `env` are further ANTIPHON_ variables; those of our own environment
        are not handed down, so that two runs are alike.
        """
        self.data_dir = data_dir.absolute()
        self._admin_url = database_url
        self._ports = dict(ports) if ports is not None else {room: free_port() for room in ROOMS}
        self.service_urls = {name: self._url(name) for name in SERVICES}
        self.gateway_url = self._url(GATEWAY)
        self._passwords = {room: self._password(room) for room in ROOMS}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANTIPHON_")}
        self.env = inherited | {
            "ANTIPHON_MODE": "development",
            "ANTIPHON_DATA_DIR": str(self.data_dir),
            "ANTIPHON_BUS_URL": bus_url,
            "ANTIPHON_PUBLIC_URL": self.gateway_url,
            "ANTIPHON_SERVICE_URLS": json.dumps(self.service_urls),
            **(env or {}),
        }
        """Environment of every process, without its own ANTIPHON_DATABASE_URL."""
        self._children: dict[str, Child] = {}

    def database_url(self, room: str) -> str:
        """The house's database as this room connects to it: with its own role, which reaches its own schema alone."""
        url = make_url(self._admin_url).set(drivername="postgresql+asyncpg", username=role_of(room), password=self._passwords[room])
        return url.render_as_string(hide_password=False)

    def env_of(self, room: str) -> dict[str, str]:
        """The whole environment of a room's process."""
        return self.env | {"ANTIPHON_DATABASE_URL": self.database_url(room)}

    def migrate(self) -> None:
        """Make roles and schemas and bring them to the newest revision."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        asyncio.run(make_roles(self._admin_url, self._passwords))
        migrate_rooms({room: self.database_url(room) for room in ROOMS}, self.env)

    def issue_key(self, *roles: str) -> str:
        """Make an API key of these roles, as the operator's command does; the database must be migrated."""
        made = subprocess.run(
            [sys.executable, "-m", "gateway.keys", "issue", "--holder", "local house", *(word for role in roles for word in ("--role", role))],
            cwd=ROOT,
            env=self.env_of(GATEWAY),
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            msg = f"no key could be made:\n{made.stderr}"
            raise HouseNotReadyError(msg)
        return made.stdout.strip()

    def start(self, *rooms: str) -> None:
        """Start these rooms (none named: all) and return when each is ready; HouseNotReadyError when one is not."""
        wanted = rooms or ROOMS
        for room in wanted:
            if room in self._children:
                self._children[room].stop()
            self._children[room] = self._start(room)
        self.wait_ready(wanted)

    def kill(self, room: str) -> None:
        """`kill -9`; nothing is tidied up, as in a crash."""
        self._children[room].kill()

    def stop(self, *rooms: str) -> None:
        """End these rooms (none named: all) with SIGTERM, the gateway first, the services together."""
        wanted = [room for room in (rooms or ROOMS) if room in self._children]
        if GATEWAY in wanted:
            self._children[GATEWAY].stop()
        with ThreadPoolExecutor(len(ROOMS)) as pool:
            list(pool.map(lambda room: self._children[room].stop(), wanted))

    def fallen(self) -> dict[str, int]:
        """Rooms whose process has ended, with the exit code (negative: the signal)."""
        codes = {room: child.exit_code() for room, child in self._children.items()}
        return {room: code for room, code in codes.items() if code is not None}

    def wait_ready(self, rooms: Iterable[str] = ROOMS, timeout_s: float = READY_TIMEOUT_S) -> None:
        """Return when every room answers its /readyz with 200."""
        deadline = time.monotonic() + timeout_s
        with httpx.Client(timeout=2.0, trust_env=False) as client:
            for room in rooms:
                while not self._is_ready(client, room):
                    if room in self.fallen() or time.monotonic() > deadline:
                        msg = f"{room} is not ready; its log ends with:\n{self.log_tail(room)}"
                        raise HouseNotReadyError(msg)
                    time.sleep(0.1)

    def log_tail(self, room: str, lines: int = 40) -> str:
        """The end of what a room wrote."""
        return self._children[room].log_tail(lines)

    def logs(self) -> str:
        """The end of what every room wrote, for the report of a failed test."""
        return "\n".join(f"--- {room}\n{child.log_tail(25)}" for room, child in self._children.items())

    def pid(self, room: str) -> int:
        """Process id, for measuring memory and CPU; end it with `kill` or `stop` only."""
        return self._children[room].pid

    def _start(self, room: str) -> Child:
        target = ["--factory", "gateway.app:split"] if room == GATEWAY else [f"services.{room}.app:app"]
        logs = self.data_dir / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        if room not in self._children:
            (logs / f"{room}.log").unlink(missing_ok=True)
        return Child(
            [
                *(sys.executable, "-m", "uvicorn", *target),
                *("--host", "127.0.0.1", "--port", str(self._ports[room]), "--no-access-log"),
            ],
            log=logs / f"{room}.log",
            cwd=ROOT,
            env=self.env_of(room),
            patience_s=STOP_PATIENCE_S,
        )

    def _is_ready(self, client: httpx.Client, room: str) -> bool:
        try:
            return client.get(f"{self._url(room)}/{room}/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _url(self, room: str) -> str:
        return f"http://127.0.0.1:{self._ports[room]}"

    def _password(self, room: str) -> str:
        """Roles belong to the whole server: two houses on one server must agree on the passwords without talking."""
        secret = make_url(self._admin_url).password or ""
        return hmac.new(str(secret).encode(), role_of(room).encode(), hashlib.sha256).hexdigest()
