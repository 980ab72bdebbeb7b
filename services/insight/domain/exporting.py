"""What can be taken away: typed columns, and the same rows as CSV (no cell runs as a formula) and JSON; see `parquet` for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson

from services.insight.domain.spreadsheet import row as csv_row

Rows = Sequence[Mapping[str, Any]]


class Kind(StrEnum):
    """What sort of value a column holds; every column may be empty."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MOMENT = "moment"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    name: str
    kind: Kind = Kind.TEXT


def plain(value: Any, kind: Kind) -> Any:
    """Return the value in the one Python type of its kind, or None."""
    if value is None:
        return None
    if kind is Kind.TEXT:
        return str(value)
    if kind is Kind.WHOLE:
        return int(value)
    return float(value) if kind is Kind.NUMBER else value


def _cell(value: Any, column: Column) -> str | int | Decimal | None:
    cell = plain(value, column.kind)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return Decimal(repr(cell))
    return cell.isoformat() if isinstance(cell, datetime) else cell


def csv_head(columns: Sequence[Column]) -> str:
    """Return the line with the columns' names."""
    return csv_row([column.name for column in columns])


def csv_lines(columns: Sequence[Column], rows: Rows) -> str:
    """Return rows as CSV (RFC 4180): texts neutral and quoted, numbers bare, nothing for null."""
    return "".join(csv_row([_cell(row[column.name], column) for column in columns]) for row in rows)


def json_items(columns: Sequence[Column], rows: Rows) -> bytes:
    """Return rows as JSON objects with commas between them, without the brackets of the list."""
    return b",".join(orjson.dumps({column.name: plain(row[column.name], column.kind) for column in columns}) for row in rows)
