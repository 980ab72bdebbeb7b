"""Lines of an upload while it streams in: NDJSON or CSV, never more than one line and one chunk in memory."""

import csv
from collections.abc import Mapping, Sequence
from typing import Any

MOST_LINE = 256 * 1024
"""Bytes of one line; a longer one is refused as a line, and skipped."""
TOO_LONG = b""


class Lines:
    """Cuts chunks into numbered lines. A line that is too long comes out as TOO_LONG. CSV lines end where no quote is open."""

    def __init__(self, *, quoted: bool) -> None:
        self._quoted = quoted
        self._rest = b""
        self._skipping = False
        self._number = 0
        self._record: list[bytes] = []

    def feed(self, chunk: bytes) -> list[tuple[int, bytes]]:
        """Return the lines that are complete now."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        found = [line for one in whole if (line := self._take(one)) is not None]
        if len(self._rest) > MOST_LINE:
            self._skipping, self._rest = True, b""
        return found

    def end(self) -> list[tuple[int, bytes]]:
        """Return what is left when the upload is over."""
        last = self._take(self._rest) if self._rest or self._skipping else None
        open_record = [(self._number, b"\n".join(self._record))] if self._record else []
        return [*([last] if last else []), *open_record]

    def _take(self, one: bytes) -> tuple[int, bytes] | None:
        self._number += 1
        if self._skipping or len(one) > MOST_LINE:
            self._skipping = False
            return self._number, TOO_LONG
        if not self._quoted:
            plain = one.strip()
            return (self._number, plain) if plain else None
        if not self._record and not one.strip():
            return None
        self._record.append(one)
        if sum(part.count(b'"') for part in self._record) % 2 and sum(map(len, self._record)) < MOST_LINE:
            return None
        record, self._record = b"\n".join(self._record), []
        return self._number, record


class CsvRows:
    """Turns CSV lines into values by the names of the first line. `a.b` names field b of a; empty cells are left out."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._names: Sequence[str] | None = None
        self._columns = {theirs: ours for ours, theirs in columns.items()}

    def value(self, line: bytes) -> dict[str, Any] | None:
        """Return the row; None for the line of names. Raises ValueError when it is not CSV of these columns."""
        cells = next(csv.reader(line.decode("utf-8-sig").splitlines(keepends=True), strict=True))
        if self._names is None:
            self._names = [self._columns.get(name.strip(), name.strip()) for name in cells]
            return None
        if len(cells) != len(self._names):
            message = f"{len(self._names)} cells were expected, {len(cells)} came"
            raise ValueError(message)
        row: dict[str, Any] = {}
        for name, cell in zip(self._names, cells, strict=True):
            if cell != "" and name:
                outer, _, inner = name.partition(".")
                if inner:
                    row.setdefault(outer, {})[inner] = cell
                else:
                    row[name] = cell
        return row
