"""Exports as Parquet. Apart from the other forms because arro3 takes 10 MiB, which only a process that writes such a file should pay."""

import io
from collections.abc import Iterable, Sequence

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from services.insight.domain.exporting import Column, Kind, Rows, plain

ARROW = {
    Kind.TEXT: DataType.utf8(),
    Kind.WHOLE: DataType.int64(),
    Kind.NUMBER: DataType.float64(),
    Kind.MOMENT: DataType.timestamp("us", tz="UTC"),
    Kind.YES_NO: DataType.bool(),
}


def _array(column: Column, rows: Rows) -> Array:
    values = [plain(row[column.name], column.kind) for row in rows]
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
