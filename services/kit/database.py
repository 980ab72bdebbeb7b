"""Chooses the database of a service by its settings."""

from functools import lru_cache, partial

from services.kit.clock import Clock
from services.kit.crypto import derive
from services.kit.settings import ServiceSettings
from services.kit.sqlite import SqliteDatabase
from services.kit.transactions import Database, UseCase

__all__ = ["Database", "UseCase", "make_database"]


def make_database(name: str, settings: ServiceSettings, clock: Clock) -> Database:
    """Return the database of the service `name`: its schema of `database_url`, or its own SQLite file."""
    secret = lru_cache(maxsize=64)(partial(derive, settings.secret_key))
    if settings.database_url is None:
        return SqliteDatabase(settings.data_dir / f"{name}.sqlite3", clock, secret)
    from services.kit.postgres import PostgresDatabase  # with its driver, which a house on SQLite does not need

    return PostgresDatabase(settings.database_url, name, clock, secret, settings.pool_size)
