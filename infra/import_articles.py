"""`python -m infra.import_articles --origin old-help-centre --language en FOLDER`: take a folder, a zip or a table into the knowledge base.

Reads every .md, .html and .csv below the folder (or in the zip that an export gave) and sends it through the public door, in several requests.
Files that are named the same again change only what has changed. Articles wait for a look (not validated, for agents) unless --as-written is said.
The key needs the scope knowledge:write.
"""

import argparse
import asyncio
import csv
import io
import os
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

KINDS = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".csv": "csv"}
PIECE = 20_000
"""Characters of one piece of a file, as the door takes them."""
MOST_BYTES = 700_000
"""Of the texts in one request: the door takes a mebibyte of JSON."""
MOST_FILES = 400
Found = tuple[str, str]
"""A file's name below the folder, and its text."""


def files_of(place: Path) -> Iterator[Found]:
    """Yield what can be read below a folder, in a zip, or a single file; by name, so that two runs send the same."""
    if place.is_dir():
        for path in sorted(place.rglob("*")):
            if path.is_file() and path.suffix.lower() in KINDS:
                yield path.relative_to(place).as_posix(), path.read_text(encoding="utf-8-sig", errors="replace")
    elif place.suffix.lower() == ".zip":
        with zipfile.ZipFile(place) as packed:
            for name in sorted(packed.namelist()):
                if Path(name).suffix.lower() in KINDS:
                    yield name, packed.read(name).decode("utf-8-sig", errors="replace")
    elif place.suffix.lower() in KINDS:
        yield place.name, place.read_text(encoding="utf-8-sig", errors="replace")


def requests_of(found: Iterator[Found]) -> Iterator[list[dict[str, Any]]]:
    """Yield files by the request; a table that is too large for one comes in several, each with its head."""
    waiting: list[dict[str, Any]] = []
    size = 0
    for name, text in (part for one in found for part in _parts(*one)):
        cost = len(text.encode())
        if waiting and (size + cost > MOST_BYTES or len(waiting) == MOST_FILES):
            yield waiting
            waiting, size = [], 0
        pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
        if pieces:
            waiting.append({"path": name, "kind": KINDS[Path(name).suffix.lower()], "content": pieces})
            size += cost
    if waiting:
        yield waiting


def _parts(name: str, text: str) -> Iterator[Found]:
    """Cut a large table between its rows. Raises ValueError when its rows have no id: in parts, they could not be known again."""
    if Path(name).suffix.lower() != ".csv" or len(text.encode()) <= MOST_BYTES:
        yield name, text
        return
    head, *rows = list(csv.reader(io.StringIO(text)))
    if not {"id", "external_id", "article_id", "url", "source"} & {column.strip().lower() for column in head}:
        raise ValueError(f"{name} is too large for one request, and has no column `id` by which parts of it could be known again")
    part: list[Sequence[str]] = []
    size = 0
    for row in rows:
        cost = sum(len(cell.encode()) + 4 for cell in row)
        if part and size + cost > MOST_BYTES:
            yield name, _table(head, part)
            part, size = [], 0
        part.append(row)
        size += cost
    yield name, _table(head, part)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()


def main() -> int:
    """Import; exit 1 with a sentence when something was refused."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("place", type=Path, metavar="FOLDER", help="a folder, a zip, or one .md, .html or .csv")
    asked.add_argument("--origin", required=True, help="where it comes from: part of each article's name for the next import")
    asked.add_argument("--language", required=True, help="of what does not say its language, e.g. en")
    asked.add_argument("--as-written", action="store_true", help="state and audience as the files say, instead of waiting for a look")
    asked.add_argument("--url", default="http://127.0.0.1:8000")
    asked.add_argument("--key", default=os.environ.get("ANTIPHON_KEY"), help="an API key; default: ANTIPHON_KEY")
    given = asked.parse_args()
    said: dict[str, Any] = {"origin": given.origin, "language": given.language, "standing": "as_written" if given.as_written else "review"}
    try:
        counts = asyncio.run(_run(given.url, given.key, given.place, said))
    except (httpx.HTTPError, ValueError, OSError, zipfile.BadZipFile) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    print(", ".join(f"{number} {name}" for name, number in counts.items()))
    return 1 if counts["refused"] else 0


async def _run(url: str, key: str | None, place: Path, said: dict[str, Any]) -> Counter[str]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
        return await take_in(client, place, said)


async def take_in(client: httpx.AsyncClient, place: Path, said: dict[str, Any]) -> Counter[str]:
    """Send everything; return how many were created, changed, the same, or refused (told one by one). Raises HTTPStatusError with the refusal."""
    counts = Counter({"created": 0, "changed": 0, "same": 0, "refused": 0})
    for files in requests_of(files_of(place)):
        answer = await client.post("/knowledge/v1/imports", json=said | {"files": files})
        if answer.is_error:
            raise httpx.HTTPStatusError(f"{answer.status_code}: {answer.text[:500]}", request=answer.request, response=answer)
        told = answer.json()
        counts.update({name: told[name] for name in counts})
        for fault in told["faults"]:
            sys.stderr.write(f"{fault['source']}: {fault['says']}\n")
    return counts


if __name__ == "__main__":
    sys.exit(main())
