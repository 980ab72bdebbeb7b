"""The event table in docs/events.md, read from the code: what is said, by whom, who hears it, and what it means.

`python -m infra.event_table` exits 1 when the document differs from the code; `--write` renews it.
"""

import sys
from importlib import import_module
from pathlib import Path

from services.kit.events import Event
from services.kit.service import Service

SERVICES = ("customers", "routing", "survey", "feedback", "knowledge", "insight")
PATH = Path(__file__).parent.parent / "docs" / "events.md"
BEGIN, END = "<!-- events: begin -->", "<!-- events: end -->"


def event_table() -> str:
    """Return the table as Markdown, in the order of the services and of their subjects."""
    heard = _hearers()
    lines = ["| subject | said by | heard by | meaning |", "|---|---|---|---|"]
    for name in SERVICES:
        for kind in _said_by(name):
            meaning = " ".join((kind.__doc__ or "").split())
            lines.append(f"| `{kind.subject}` | {name} | {', '.join(heard.get(kind.subject, [])) or 'nobody yet'} | {meaning} |")
    return "\n".join(lines)


def _said_by(service: str) -> list[type[Event]]:
    contract = import_module(f"services.{service}.contract")
    own = [kind for kind in vars(contract).values() if isinstance(kind, type) and issubclass(kind, Event) and kind.__module__ == contract.__name__]
    return sorted(own, key=lambda kind: kind.subject)


def _hearers() -> dict[str, list[str]]:
    """Return subject → services that have a consumer for it."""
    found: dict[str, list[str]] = {}
    for name in SERVICES:
        service: Service = import_module(f"services.{name}.app").service
        for subject in sorted({consumer.event.subject for consumer in service.consumers}):
            found.setdefault(subject, []).append(name)
    return found


def between(document: str, begin: str, end: str, content: str) -> str:
    """Return the document with `content` between its two markers."""
    before, rest = document.split(begin, 1)
    return f"{before}{begin}\n{content}\n{end}{rest.split(end, 1)[1]}"


def main() -> int:
    """Check, or write with --write; return the exit code."""
    document = PATH.read_text()
    wanted = between(document, BEGIN, END, event_table())
    if "--write" in sys.argv:
        PATH.write_text(wanted)
    elif document != wanted:
        sys.stderr.write("docs/events.md differs from the code: python -m infra.event_table --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
