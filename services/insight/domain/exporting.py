"""What can be taken away: typed columns, and the same rows as CSV (no cell runs as a formula), JSON and Parquet."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import orjson
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from services.insight.domain.spreadsheet import row as csv_row

Rows = Sequence[Mapping[str, Any]]


class Kind(StrEnum):
    """What sort of value a column holds; every column may be empty."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MOMENT = "moment"
    YES_NO = "yes_no"


ARROW = {
    Kind.TEXT: DataType.utf8(),
    Kind.WHOLE: DataType.int64(),
    Kind.NUMBER: DataType.float64(),
    Kind.MOMENT: DataType.timestamp("us", tz="UTC"),
    Kind.YES_NO: DataType.bool(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    name: str
    kind: Kind = Kind.TEXT


def _plain(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind is Kind.TEXT:
        return str(value)
    if kind is Kind.WHOLE:
        return int(value)
    return float(value) if kind is Kind.NUMBER else value


def _cell(value: Any, column: Column) -> str | int | Decimal | None:
    plain = _plain(value, column.kind)
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if isinstance(plain, float):
        return Decimal(repr(plain))
    return plain.isoformat() if isinstance(plain, datetime) else plain


def csv_head(columns: Sequence[Column]) -> str:
    """Return the line with the columns' names."""
    return csv_row([column.name for column in columns])


def csv_lines(columns: Sequence[Column], rows: Rows) -> str:
    """Return rows as CSV (RFC 4180): texts neutral and quoted, numbers bare, nothing for null."""
    return "".join(csv_row([_cell(row[column.name], column) for column in columns]) for row in rows)


def json_items(columns: Sequence[Column], rows: Rows) -> bytes:
    """Return rows as JSON objects with commas between them, without the brackets of the list."""
    return b",".join(orjson.dumps({column.name: _plain(row[column.name], column.kind) for column in columns}) for row in rows)


def _array(column: Column, rows: Rows) -> Array:
    values = [_plain(row[column.name], column.kind) for row in rows]
    if column.kind is not Kind.MOMENT:
        return Array(values, type=ARROW[column.kind])
    micros = [None if moment is None else round(moment.timestamp() * 1_000_000) for moment in values]
    return Array(micros, type=DataType.int64()).cast(ARROW[Kind.MOMENT])


def arrow_schema(columns: Sequence[Column]) -> Schema:
    """Return the columns as Arrow knows them."""
    return Schema([Field(column.name, ARROW[column.kind]) for column in columns])


def arrow_batch(columns: Sequence[Column], rows: Rows) -> RecordBatch:
    """Return rows as one Arrow batch: narrow, so that a large export fits into memory until it is written."""
    return RecordBatch.from_arrays([_array(column, rows) for column in columns], schema=arrow_schema(columns))


def parquet(columns: Sequence[Column], batches: Iterable[RecordBatch]) -> bytes:
    """Return a Parquet file of all batches."""
    file = io.BytesIO()
    write_parquet(RecordBatchReader.from_batches(arrow_schema(columns), list(batches)), file)
    return file.getvalue()
