"""The whole house in the split topology for one test: PostgreSQL, NATS and seven processes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from infra.local_house import LocalHouse
from tests.support.servers import drop_database, fresh_database, nats_server, shared_postgres


class SplitHouse:
    """A running house; its rooms can be crashed and started again."""

    def __init__(self, house: LocalHouse) -> None:
        self._house = house
        self.gateway_url = house.gateway_url
        self.service_urls = house.service_urls
        self.data_dir = house.data_dir
        """Mailbox, development secrets and logs."""

    def env_of(self, room: str) -> dict[str, str]:
        """Return a room's whole environment, for a command that acts in its name."""
        return self._house.env_of(room)

    def database_url(self, room: str) -> str:
        """Return the database as this room sees it."""
        return self._house.database_url(room)

    def pid(self, room: str) -> int:
        """Return the process id, for measuring."""
        return self._house.pid(room)

    def logs(self) -> str:
        """Return the end of what every room wrote."""
        return self._house.logs()

    async def issue_key(self, *roles: str) -> str:
        """Make an API key of these roles, by the operator's command."""
        return await asyncio.to_thread(self._house.issue_key, *roles)

    async def kill(self, room: str) -> None:
        """`kill -9`."""
        await asyncio.to_thread(self._house.kill, room)

    async def stop(self, room: str) -> None:
        """End it in order, with SIGTERM."""
        await asyncio.to_thread(self._house.stop, room)

    async def start(self, *rooms: str) -> None:
        """Start rooms that were killed or stopped; returns when they are ready."""
        await asyncio.to_thread(self._house.start, *rooms)


@contextlib.asynccontextmanager
async def split_house(tmp_path: Path, *, env: Mapping[str, str] | None = None) -> AsyncIterator[SplitHouse]:
    """Migrate and start everything below `tmp_path`; the house is ready inside the block and gone after it.

    Its database is its own in the test server of this process, its NATS is its own altogether, since the stream has a fixed name. `env`
    are further ANTIPHON_ variables. When the block fails, the error carries the end of every room's log; the logs are in
    `tmp_path/house/logs`.
    """
    postgres = await asyncio.to_thread(shared_postgres)
    database_url = await fresh_database(postgres)
    with contextlib.ExitStack() as stack:
        nats = await asyncio.to_thread(stack.enter_context, nats_server())
        house = LocalHouse(data_dir=tmp_path / "house", database_url=database_url, bus_url=nats.url, env=env)
        try:
            await asyncio.to_thread(house.migrate)
            await asyncio.to_thread(house.start)
            yield SplitHouse(house)
        except BaseException as problem:
            problem.add_note(house.logs())
            raise
        finally:
            await asyncio.to_thread(house.stop)
    await drop_database(postgres, database_url)
