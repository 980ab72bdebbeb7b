"""Whatever happened before a merge, during it and after it was taken back: each record has what was said to it, and nothing else."""

from pathlib import Path

from services.customers.app import service
from tests.support.histories import play
from tests.support.migrated import migrated_database
from tests.support.servers import drop_database, shared_postgres


async def test_random_histories_of_merges_and_undos_leave_no_trace(tmp_path: Path) -> None:
    assert await play(range(30), tmp_path) == []


async def test_random_histories_leave_no_trace_on_postgresql_either(tmp_path: Path) -> None:
    url = await migrated_database(service)
    try:
        assert await play(range(100, 106), tmp_path, url) == []
    finally:
        await drop_database(shared_postgres(), url)
