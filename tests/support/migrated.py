"""Databases that a service's migrations were run on once for each test process, copied for each test: the same tables for a tenth of the time."""

import asyncio
import functools
import shutil
from pathlib import Path

from services.kit.migrate import migrate
from services.kit.service import Service
from tests.support.server_files import temporary_home
from tests.support.servers import fresh_database, shared_postgres, until_exit

_templates: dict[str, str] = {}
"""Names of the PostgreSQL databases that are copied, by the package whose tables stand in them."""


async def migrated_file(service: Service, folder: Path) -> None:
    """Put the service's SQLite database, brought to the newest version, into `folder`; one that is there already stays."""
    path = folder / f"{service.name}.sqlite3"
    if path.exists():
        return
    home = _home() / service.package
    if not home.exists():
        await migrate(room=service.name, package=service.package, database_url=None, data_dir=home)
    await asyncio.to_thread(_copy, home / path.name, path)


async def migrated_database(service: Service) -> str:
    """Return the URL of a PostgreSQL database of the test's own in which the service's tables stand."""
    server = shared_postgres()
    if service.package not in _templates:
        url = await fresh_database(server)
        await migrate(room=service.name, package=service.package, database_url=url, data_dir=Path())
        _templates[service.package] = url.rpartition("/")[2]
    return await fresh_database(server, template=_templates[service.package])


def _copy(made: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, path)


@functools.cache
def _home() -> Path:
    home = temporary_home("antiphon-migrated-")
    until_exit().callback(shutil.rmtree, home, ignore_errors=True)
    return home
