"""Prepares one PostgreSQL database for all services: roles and schemas, then every service's migrations.

    python -m infra.migrate_all

ANTIPHON_DATABASE_URL is the database with the administrator's name and password; ANTIPHON_<SERVICE>_DATABASE_URL is the same database
as that service will connect to it (role `antiphon_<service>` of postgres/roles.sql). Each service migrates as itself, so that it owns its
tables and nobody else's. Running it again changes nothing.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

ROOT = Path(__file__).resolve().parent.parent
ROLES = ROOT / "infra" / "postgres" / "roles.sql"
SERVICES = ("customers", "feedback", "insight", "knowledge", "routing", "survey")
GATEWAY = "gateway"
ROOMS = (*SERVICES, GATEWAY)
"""Everything that has a schema and a process of its own."""


class MigrationFailedError(RuntimeError):
    """A migration ended with an error; the message holds what the command said."""


def role_of(room: str) -> str:
    """The database role of a service, as roles.sql makes it."""
    return f"antiphon_{room}"


async def make_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Run roles.sql and give each role its password (room -> password)."""
    url = make_url(admin_url).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await connection.execute(ROLES.read_text())
        for room, password in passwords.items():
            statement = await connection.fetchval("SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", role_of(room), password)
            await connection.execute(statement)
    finally:
        await connection.close()


def migrate_rooms(urls: Mapping[str, str], env: Mapping[str, str]) -> None:
    """Bring every room's schema to its newest revision; `urls` room -> database URL, `env` the rest of the environment.

    Raises MigrationFailedError with what the command said.
    """
    own = {f"ANTIPHON_{room.upper()}_DATABASE_URL": url for room, url in urls.items()}
    ended = subprocess.run(
        [sys.executable, "-m", "infra.migrate", "upgrade", "all"],
        cwd=ROOT,
        env=dict(env) | own,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        msg = f"the migrations failed:\n{ended.stdout}{ended.stderr}"
        raise MigrationFailedError(msg)


def _wanted(name: str) -> URL:
    """The database URL in the variable `name`, which must be set and hold a password."""
    text = os.environ.get(name)
    if not text:
        sys.exit(f"{name} must be set")
    url = make_url(text)
    if not url.password:
        sys.exit(f"{name} must hold a password")
    return url


def main() -> None:
    """Read the environment, make the roles, migrate."""
    admin = _wanted("ANTIPHON_DATABASE_URL").render_as_string(hide_password=False)
    urls = {room: _wanted(f"ANTIPHON_{room.upper()}_DATABASE_URL") for room in ROOMS}
    strange = [room for room, url in urls.items() if url.username != role_of(room)]
    if strange:
        sys.exit(f"ANTIPHON_{strange[0].upper()}_DATABASE_URL must connect as {role_of(strange[0])}")
    asyncio.run(make_roles(admin, {room: str(url.password) for room, url in urls.items()}))
    migrate_rooms({room: url.render_as_string(hide_password=False) for room, url in urls.items()}, os.environ)
    print(f"{len(urls)} schemas are at their newest revision.")


if __name__ == "__main__":
    main()
