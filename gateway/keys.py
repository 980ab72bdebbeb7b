"""Keys from the command line, for the first key of a new installation.

python -m gateway.keys issue --role administrator --holder "first administrator"
"""

import argparse
import asyncio
import sys

from gateway.access.keys import IssueKey, Pepper, issue_key
from gateway.access.service import PEPPER
from gateway.contract import IssuedKeyView
from gateway.settings import GatewaySettings
from services.kit.clock import SystemClock
from services.kit.crypto import derive
from services.kit.database import make_database
from services.kit.errors import AntiphonError
from services.kit.migrate import migrate


async def issue(settings: GatewaySettings, command: IssueKey) -> IssuedKeyView:
    """Store a key in the gateway's database, which is brought up to date first, and return it."""
    await migrate(room="gateway", package="gateway", database_url=settings.database_url, data_dir=settings.data_dir)
    database = make_database("gateway", settings, SystemClock())
    await database.open()
    try:
        return await database.write(issue_key, command, Pepper(derive(settings.secret_key, PEPPER)))
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, print the key on standard output and everything else on standard error."""
    parser = argparse.ArgumentParser(prog="python -m gateway.keys", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("issue", help="make a key and print it, once")
    verb.add_argument("--role", action="append", required=True, help="a role; may be given several times")
    verb.add_argument("--holder", default="command line", help="who or what will use it")
    verb.add_argument("--site", action="append", help="limit to this site; may be given several times")
    verb.add_argument("--vendor", action="append", help="limit to this vendor; may be given several times")
    asked = parser.parse_args(arguments)
    command = IssueKey(holder=asked.holder, roles=asked.role, sites=asked.site, vendors=asked.vendor)
    try:
        made = asyncio.run(issue(GatewaySettings(), command))
    except AntiphonError as refused:
        sys.stderr.write(f"{refused.detail}\n")
        return 1
    sys.stdout.write(f"{made.key}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
