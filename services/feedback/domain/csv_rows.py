"""Rows of a CSV upload, line by line."""

import csv
from collections.abc import Mapping, Sequence
from typing import Any


class CsvRows:
    """Turns CSV lines into values by the names of the first line. `a.b` names field b of a; empty cells are left out."""

    def __init__(self, columns: Mapping[str, str], names: Sequence[str] | None = None) -> None:
        """`columns` gives our field for their name; `names` is the first line when it was read before."""
        self.names = names
        self._columns = columns

    def value(self, line: bytes) -> dict[str, Any] | None:
        """Return the row; None for the line of names. Raises ValueError when it is not CSV of these columns."""
        cells = next(csv.reader(line.decode("utf-8-sig").splitlines(keepends=True), strict=True))
        if self.names is None:
            self.names = [self._columns.get(name.strip(), name.strip()) for name in cells]
            return None
        if len(cells) != len(self.names):
            message = f"{len(self.names)} cells were expected, {len(cells)} came"
            raise ValueError(message)
        row: dict[str, Any] = {}
        for name, cell in zip(self.names, cells, strict=True):
            if cell != "" and name:
                outer, _, inner = name.partition(".")
                if inner:
                    row.setdefault(outer, {})[inner] = cell
                else:
                    row[name] = cell
        return row
