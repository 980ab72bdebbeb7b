"""Fixtures of every test: each service test runs on SQLite and on PostgreSQL."""

import gc
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from services.kit.service import Service
from tests.support.migrated import migrated_database
from tests.support.room import START, Room, opened_room
from tests.support.servers import drop_database, shared_postgres

gc.set_threshold(20_000, 20, 50)


def pytest_collection_finish() -> None:
    """Keep what is imported out of the collector's sight, as a running service does: looking through it was a third of the tests' work."""
    gc.collect()
    gc.freeze()


class OpenRoom(Protocol):
    """Opens a service for a test; `start` is the first moment."""

    def __call__(self, service: Service, start: datetime = ...) -> AbstractAsyncContextManager[Room]: ...


@pytest.fixture(params=["sqlite", "postgresql"])
def open_room(request: pytest.FixtureRequest, tmp_path: Path) -> OpenRoom:
    """Return a way to open a service on a fresh database of each kind."""

    @asynccontextmanager
    async def opened(service: Service, start: datetime = START) -> AsyncIterator[Room]:
        if request.param == "sqlite":
            async with opened_room(service, tmp_path, None, start) as room:
                yield room
            return
        url = await migrated_database(service)
        try:
            async with opened_room(service, tmp_path, url, start) as room:
                yield room
        finally:
            await drop_database(shared_postgres(), url)

    return opened
