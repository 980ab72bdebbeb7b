"""Compares the committed schema with the one that the code serves, and says whom a change would break.

python -m gateway.schema_check           exit 1 when gateway/schema.graphql differs from the code; breaking changes are named
python -m gateway.schema_check --write   write the file; exit 1 when that breaks clients of the committed one (it is written all the same)
"""

import sys
from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from gateway.schema.build import FIRST_LINES, make_schema

COMMITTED = Path(__file__).parent / "schema.graphql"


def text_of_code() -> str:
    """Return the schema as the code has it, in the committed form."""
    return f"{FIRST_LINES}\n{make_schema().as_str()}\n"


def breaking_changes(old: str, new: str) -> list[str]:
    """Return what a client of the old schema would trip over in the new one."""
    changes = find_breaking_changes(build_schema(old), build_schema(new))
    return sorted(f"{change.type.name}: {change.description}" for change in changes)


def main(arguments: list[str]) -> int:
    """Compare, or write; return the exit code."""
    code, committed = text_of_code(), COMMITTED.read_text(encoding="utf-8") if COMMITTED.exists() else ""
    breaking = breaking_changes(committed, code) if committed else []
    for change in breaking:
        sys.stderr.write(f"breaks clients: {change}\n")
    if "--write" in arguments:
        COMMITTED.write_text(code, encoding="utf-8")
        return 1 if breaking else 0
    if code != committed:
        sys.stderr.write("gateway/schema.graphql is not what the code serves. Write it with: python -m gateway.schema_check --write\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
