"""Migrations: the same models and versions on SQLite and PostgreSQL, no alembic.ini. The commands are in `infra/migrate.py`.

Alembic is imported where something is left to do: a house whose files are at the newest version starts without it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 7_301_554_021
Action = Callable[["Config"], Any]


def folder_of(package: str) -> Path:
    """Return where a package keeps its migrations."""
    return Path(next(iter(import_module(package).__path__))) / "migrations"


def config_for(package: str) -> "Config":
    """Return Alembic's configuration of one package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder_of(package)).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("version_path_separator", "os")
    config.set_main_option("path_separator", "os")
    config.attributes["template"] = Path(__file__).parent / "migration.py.mako"
    return config


def run_env(metadata: MetaData) -> None:
    """Run the pending command on the connection that the caller opened: the whole of every env.py."""
    from alembic import context

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


def _run(connection: Connection, package: str, action: Action) -> None:
    config = config_for(package)
    config.attributes["connection"] = connection
    action(config)


def on_sqlite(path: Path, package: str, action: Action) -> None:
    """Run an Alembic action on a file, which is made when it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite+pysqlite:///{path}", poolclass=NullPool, connect_args={"timeout": 30})
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        _run(connection, package, action)
        connection.commit()
    engine.dispose()


async def _on_postgres(url: str, schema: str, package: str, action: Action) -> None:
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


async def migrate(*, room: str, package: str, database_url: str | None, data_dir: Path, action: Action | None = None) -> None:
    """Bring the room's database to the newest version (or run another Alembic action on it)."""
    step = action or upgrade
    if database_url is not None:
        await _on_postgres(database_url, room, package, step)
    elif action is not None or not await asyncio.to_thread(_is_newest, data_dir / f"{room}.sqlite3", package):
        await asyncio.to_thread(on_sqlite, data_dir / f"{room}.sqlite3", package, step)


def upgrade(config: "Config") -> None:
    """Bring the database to the newest version."""
    from alembic import command

    command.upgrade(config, "head")


def _is_newest(path: Path, package: str) -> bool:
    """Say whether the file is at the version of the package's last migration, whose file name begins with it."""
    newest = max(one.name for one in (folder_of(package) / "versions").glob("0*.py")).partition("_")[0]
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT version_num FROM schema_version").fetchall() == [(newest,)]
    return False
