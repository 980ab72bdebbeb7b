"""`make up-local`: PostgreSQL, NATS, six services and the gateway as separate processes on this machine, without Docker.

Data live in var/local and survive a restart. Ctrl-C stops everything. When one process ends by itself, the house says so, shows the end
of its log and stops: nothing is restarted silently. With --check it starts beside a running house (temporary data, free ports), waits
until everything is ready, and stops.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg

from infra.local_house import HouseNotReadyError, LocalHouse
from infra.migrate_all import GATEWAY, ROOT, SERVICES, MigrationFailedError
from tests.support.server_files import ServerUnavailableError
from tests.support.servers import PostgresServer, fresh_database, nats_server, postgres_server

DATABASE = "antiphon"
GATEWAY_PORT = 8000
FIRST_SERVICE_PORT = 8101
POSTGRES_PORT = 8132
NATS_PORT = 8122
WATCH_EVERY_S = 0.5


def fixed_ports() -> dict[str, int]:
    """The same ports every day, so that a bookmark stays good: gateway 8000, services from 8101 in alphabetical order."""
    return {GATEWAY: GATEWAY_PORT} | {name: FIRST_SERVICE_PORT + place for place, name in enumerate(SERVICES)}


@contextlib.contextmanager
def servers(data_dir: Path | None) -> Iterator[tuple[PostgresServer, str, str]]:
    """PostgreSQL and NATS: (server, URL of the house's database, URL of the bus).

    `data_dir` None: temporary data on free ports, as for --check.
    """
    postgres_dir, nats_dir = (None, None) if data_dir is None else (data_dir / "postgres", data_dir / "nats")
    postgres_port, nats_port = (None, None) if data_dir is None else (POSTGRES_PORT, NATS_PORT)
    with postgres_server(data_dir=postgres_dir, port=postgres_port) as postgres, nats_server(data_dir=nats_dir, port=nats_port) as nats:
        yield postgres, asyncio.run(_database(postgres)), nats.url


async def _database(server: PostgresServer) -> str:
    """The house's database, made at the first start."""
    try:
        connection = await server.connect(DATABASE)
    except asyncpg.InvalidCatalogNameError:
        return await fresh_database(server, name=DATABASE)
    await connection.close()
    return server.url(DATABASE)


def refuse_taken_ports(ports: Mapping[str, int]) -> None:
    """Say which port is taken, before anything is started; uvicorn would say it in one of seven logs."""
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                sys.exit(f"port {port} ({name}) is taken: is the house already running? Its addresses are fixed.")


def watch(house: LocalHouse, enough: threading.Event) -> int:
    """Wait for Ctrl-C (exit code 0) or for the first process that ends by itself (1)."""
    while not enough.wait(WATCH_EVERY_S):
        for room, code in house.fallen().items():
            print(f"\n{room} ended by itself with code {code}; its log ends with:\n{house.log_tail(room)}", file=sys.stderr)
            return 1
    return 0


def administrator_key(house: LocalHouse) -> str:
    """The key that is printed: made at the first start, kept readable by its owner only."""
    path = house.data_dir / "administrator.key"
    if not path.exists():
        key = house.issue_key("administrator")
        path.touch(mode=0o600)
        path.write_text(key)
    return path.read_text()


def announce(house: LocalHouse, started: float) -> int:
    """Print the addresses, then watch until a signal; from here on being stopped is what we wait for, not an interruption."""
    enough = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: enough.set())
    print(f"\nThe house stands after {time.monotonic() - started:.1f} s.")
    print(f"  gateway    {house.gateway_url}   GraphQL {house.gateway_url}/graphql")
    for name, url in house.service_urls.items():
        print(f"  {name:<10} {url}")
    print(f"  key        {administrator_key(house)}")
    print(f"  logs       {house.data_dir / 'logs'}\n  mailbox    {house.data_dir / 'mailbox'}\nCtrl-C stops it.", flush=True)
    return watch(house, enough)


def run(data_dir: Path | None) -> int:
    """Start everything, wait, stop everything; the exit code. `data_dir` None: the --check."""
    started = time.monotonic()
    checking = data_dir is None
    with contextlib.ExitStack() as stack:
        if data_dir is None:
            house_dir, ports = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="antiphon-house-"))), None
        else:
            house_dir, ports = data_dir, fixed_ports()
            refuse_taken_ports(ports | {"PostgreSQL": POSTGRES_PORT, "NATS": NATS_PORT})
        print("Starting PostgreSQL and NATS …", flush=True)
        _, database_url, bus_url = stack.enter_context(servers(data_dir))
        own = {name: value for name, value in os.environ.items() if name.startswith("ANTIPHON_") and not checking}
        fixed = {"ANTIPHON_MODE", "ANTIPHON_DATA_DIR", "ANTIPHON_BUS_URL", "ANTIPHON_DATABASE_URL", "ANTIPHON_SERVICE_URLS"}
        house = LocalHouse(
            data_dir=house_dir,
            database_url=database_url,
            bus_url=bus_url,
            ports=ports,
            env={name: value for name, value in own.items() if name not in fixed},
        )
        stack.callback(house.stop)
        print("Migrating …", flush=True)
        house.migrate()
        print("Starting six services and the gateway …", flush=True)
        house.start()
        if checking:
            print(f"Everything was ready after {time.monotonic() - started:.1f} s.")
            return 0
        code = announce(house, started)
        print("Stopping …", flush=True)
        return code


def main() -> None:
    """Read the command line and run; SIGINT and SIGTERM stop the house in order, also while it is starting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="start beside a running house, wait until everything is ready, stop")
    parser.add_argument("--data-dir", type=Path, default=ROOT / "var" / "local", help="where the data live (default var/local)")
    asked = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        code = run(None if asked.check else asked.data_dir)
    except (HouseNotReadyError, MigrationFailedError, ServerUnavailableError) as problem:
        sys.exit(str(problem))
    sys.exit(code)


if __name__ == "__main__":
    main()
