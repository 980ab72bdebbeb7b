"""Commands about migrations.

python -m infra.migrate upgrade survey            bring the service's database to the newest version (or `all`)
python -m infra.migrate revision survey "words"   write what changed in the models as a new version (then read it)
python -m infra.migrate check survey              exit 1 when the models and the versions differ
"""

import asyncio
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from services.kit.migrate import migrate, on_sqlite, upgrade

if TYPE_CHECKING:
    from alembic.config import Config

ROOMS = ("survey", "feedback", "routing", "knowledge", "customers", "insight", "gateway")


def package_of(room: str) -> str:
    """Return the package that owns a room's migrations; a dotted name is a package already."""
    return room if "." in room or room == "gateway" else f"services.{room}"


def _revise(package: str, message: str) -> None:
    """Compare the models with an empty database brought to head, and write the difference."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        on_sqlite(path, package, upgrade)

        def write(config: "Config") -> None:
            from alembic import command

            versions = Path(config.get_main_option("script_location") or "") / "versions"
            versions.mkdir(exist_ok=True)
            number = f"{len(list(versions.glob('0*.py'))) + 1:04d}"
            mako = versions.parent / "script.py.mako"
            mako.write_text(config.attributes["template"].read_text())
            try:
                command.revision(config, message, autogenerate=True, rev_id=number)
            finally:
                mako.unlink()

        on_sqlite(path, package, write)


def _check(package: str) -> None:
    from alembic import command

    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        on_sqlite(path, package, upgrade)
        on_sqlite(path, package, command.check)


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
