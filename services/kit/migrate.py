"""Migrations: the same models and versions on SQLite and PostgreSQL, no alembic.ini.

python -m services.kit.migrate upgrade survey            bring the service's database to the newest version
python -m services.kit.migrate revision survey "words"   write what changed in the models as a new version (then read it)
python -m services.kit.migrate check survey              exit 1 when the models and the versions differ
"""

import asyncio
import os
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

LOCK = 7_301_554_021
ROOMS = ("survey", "feedback", "routing", "knowledge", "customers", "insight", "gateway")


def package_of(room: str) -> str:
    """Return the package that owns a room's migrations; a dotted name is a package already."""
    return room if "." in room or room == "gateway" else f"services.{room}"


def config_for(package: str) -> Config:
    """Return Alembic's configuration of one package."""
    module = import_module(package)
    folder = Path(next(iter(module.__path__))) / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("version_path_separator", "os")
    config.set_main_option("path_separator", "os")
    config.attributes["template"] = Path(__file__).parent / "migration.py.mako"
    return config


def run_env(metadata: MetaData) -> None:
    """Run the pending command on the connection that the caller opened: the whole of every env.py."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
        version_table="schema_version",
    )
    with context.begin_transaction():
        context.run_migrations()


def _run(connection: Connection, package: str, action: Callable[[Config], Any]) -> None:
    config = config_for(package)
    config.attributes["connection"] = connection
    action(config)


def _on_sqlite(path: Path, package: str, action: Callable[[Config], Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite+pysqlite:///{path}", poolclass=NullPool, connect_args={"timeout": 30})
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        _run(connection, package, action)
        connection.commit()
    engine.dispose()


async def _on_postgres(url: str, schema: str, package: str, action: Callable[[Config], Any]) -> None:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"server_settings": {"search_path": schema, "lock_timeout": "10000"}})
    async with engine.connect() as connection:
        # Replicas that start together wait here for the first one.
        await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        # Asked first, because a role that may not create schemas is refused even where there is nothing to create.
        if not await connection.scalar(text("SELECT to_regnamespace(:schema) IS NOT NULL"), {"schema": f'"{schema}"'}):
            await connection.execute(text(f'CREATE SCHEMA "{schema}"'))
        await connection.commit()
        await connection.run_sync(lambda sync: _run(sync, package, action))
        await connection.commit()
        await connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        await connection.commit()
    await engine.dispose()


async def migrate(*, room: str, package: str, database_url: str | None, data_dir: Path, action: Callable[[Config], Any] | None = None) -> None:
    """Bring the room's database to the newest version (or run another Alembic action on it)."""
    step = action or (lambda config: command.upgrade(config, "head"))
    if database_url is None:
        await asyncio.to_thread(_on_sqlite, data_dir / f"{room}.sqlite3", package, step)
    else:
        await _on_postgres(database_url, room, package, step)


def _revise(package: str, message: str) -> None:
    """Compare the models with an empty database brought to head, and write the difference."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        _on_sqlite(path, package, lambda config: command.upgrade(config, "head"))

        def write(config: Config) -> None:
            versions = Path(config.get_main_option("script_location") or "") / "versions"
            versions.mkdir(exist_ok=True)
            number = f"{len(list(versions.glob('0*.py'))) + 1:04d}"
            mako = versions.parent / "script.py.mako"
            mako.write_text(config.attributes["template"].read_text())
            try:
                command.revision(config, message, autogenerate=True, rev_id=number)
            finally:
                mako.unlink()

        _on_sqlite(path, package, write)


def _check(package: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        _on_sqlite(path, package, lambda config: command.upgrade(config, "head"))
        _on_sqlite(path, package, command.check)


def main(arguments: list[str]) -> None:
    """Run the command line."""
    verb, room = (arguments[0], arguments[1]) if len(arguments) > 1 else ("", "")
    if verb == "upgrade" and room in {*ROOMS, "all"}:
        data_dir = Path(os.environ.get("ANTIPHON_DATA_DIR", "var"))
        for one in ROOMS if room == "all" else [room]:
            own = os.environ.get(f"ANTIPHON_{one.upper()}_DATABASE_URL") or os.environ.get("ANTIPHON_DATABASE_URL")
            asyncio.run(migrate(room=one, package=package_of(one), database_url=own, data_dir=data_dir))
    elif verb == "revision" and (room in ROOMS or "." in room) and len(arguments) > 2:  # noqa: PLR2004  verb, room and words
        _revise(package_of(room), arguments[2])
    elif verb == "check" and (room in ROOMS or "." in room):
        _check(package_of(room))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
