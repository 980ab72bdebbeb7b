"""Exports: CSV that no spreadsheet runs, JSON, Parquet."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import Path, Query, Response
from fastapi.responses import StreamingResponse

from services.insight.api.asked import SlicesAsked
from services.insight.contract import ExportColumnView, ExportView
from services.insight.domain.exporting import Rows, csv_head, csv_lines, json_items
from services.insight.domain.period import Asked
from services.insight.queries.exports import DATASETS, Dataset, dataset, fixed, page
from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Read, RuntimeDep, requires

router = APIRouter(tags=["exports"])
Reader = Annotated[Principal, requires("insight:read")]
Key = Annotated[Code, Path(description="contacts, answers, feedback, figures, days, drivers or charge-back")]
Format = Annotated[Literal["csv", "json", "parquet"], Query(alias="format")]
PARQUET = "application/vnd.apache.parquet"
KINDS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/csv": {"schema": {"type": "string"}}, PARQUET: {"schema": {"type": "string", "format": "binary"}}},
        "description": "The data, in the form asked for.",
    }
}


@router.get("/v1/exports", response_model=list[ExportView])
async def list_exports(_: Reader) -> list[ExportView]:
    """What can be taken away, and its columns."""
    return [
        ExportView(key=one.key, meaning=one.meaning, columns=[ExportColumnView(name=column.name, kind=column.kind) for column in one.columns])
        for one in DATASETS.values()
    ]


async def _pages(found: Dataset, asked: Asked, read: Read, runtime: RuntimeDep) -> AsyncIterator[Rows]:
    after = None
    while True:
        rows, after = await read(page, found.key, asked, runtime.settings.minimum_answers, after)
        yield rows
        if after is None:
            return


@router.get("/v1/exports/{key}", response_class=Response, responses=KINDS)
async def get_export(key: Key, asked: SlicesAsked, read: Read, runtime: RuntimeDep, _: Reader, form: Format = "csv") -> Response:
    """One set of data over a period and slice, within the reader's sites and vendors; without names and without free text."""
    found = dataset(key)
    whole = await read(fixed, key, asked)
    pages = _pages(found, whole, read, runtime)
    headers = {"Content-Disposition": f'attachment; filename="{key}.{form}"'}
    if form == "parquet":
        from services.insight.domain.parquet import arrow_batch, parquet  # see there what it would cost everybody

        batches = [await asyncio.to_thread(arrow_batch, found.columns, rows) async for rows in pages if rows]
        return Response(await asyncio.to_thread(parquet, found.columns, batches), media_type=PARQUET, headers=headers)
    if form == "json":
        return StreamingResponse(_json(found, pages), media_type="application/json", headers=headers)
    return StreamingResponse(_csv(found, pages), media_type="text/csv; charset=utf-8", headers=headers)


async def _csv(found: Dataset, pages: AsyncIterator[Rows]) -> AsyncIterator[str]:
    yield csv_head(found.columns)
    async for rows in pages:
        yield csv_lines(found.columns, rows)


async def _json(found: Dataset, pages: AsyncIterator[Rows]) -> AsyncIterator[bytes]:
    yield b"["
    first = True
    async for rows in pages:
        if rows:
            yield json_items(found.columns, rows) if first else b"," + json_items(found.columns, rows)
            first = False
    yield b"]"
