"""Export: everything that fits a filter, as NDJSON or CSV, streamed page by page; texts are masked."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import Query
from fastapi.responses import StreamingResponse

from services.feedback.contract import ItemView
from services.feedback.queries.item_search import ItemFilter, found_items
from services.kit.auth import Principal
from services.kit.db import Context
from services.kit.http import APIRouter, RuntimeDep, requires
from services.kit.service import Runtime

router = APIRouter(tags=["items"])
TOGETHER = 500
_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_COLUMNS = (
    "id", "source", "external_id", "kind", "state", "customer_id", "contact_id", "title", "text", "score", "scale_max", "language", "sentiment",
    "emotion", "severity", "driver", "department", "product", "decision", "follow_up_id", "duplicate_of", "said_at", "received_at",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins so."""


class ExportOptions(ItemFilter):
    """What to export, and how it is written."""

    format: Literal["ndjson", "csv"] = "ndjson"


@router.get("/v1/items/export", response_class=StreamingResponse)
async def export_items(
    chosen: Annotated[ExportOptions, Query()], runtime: RuntimeDep, who: Annotated[Principal, requires("feedback:read")]
) -> StreamingResponse:
    """Export all items that fit, newest first, whatever their number: NDJSON holds whole items with labels, CSV one row each without them.

    A page is one snapshot; what comes in while an export runs is not in it, because pages go on behind the last id.
    """
    first = await runtime.db.read(found_items, chosen, None, TOGETHER, context=Context(principal=who))  # a wrong filter is refused before any byte
    lines = _lines(runtime, chosen, who, [ItemView.model_validate(one) for one in first])
    headers = {"content-disposition": f'attachment; filename="feedback.{chosen.format}"'}
    return StreamingResponse(lines, media_type=_TYPES[chosen.format], headers=headers)


async def _lines(runtime: Runtime, chosen: ExportOptions, who: Principal, page: list[ItemView]) -> AsyncIterator[bytes]:
    if chosen.format == "csv":
        yield _csv([list(_COLUMNS)])
    while page:
        if chosen.format == "csv":
            yield _csv([[_cell(getattr(one, name)) for name in _COLUMNS] for one in page])
        else:
            yield b"".join(orjson.dumps(one.model_dump(mode="json")) + b"\n" for one in page)
        last: UUID = page[-1].id
        found = await runtime.db.read(found_items, chosen, last, TOGETHER, context=Context(principal=who)) if len(page) == TOGETHER else []
        page = [ItemView.model_validate(one) for one in found]


def _csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def _cell(value: object) -> str:
    plain = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{plain}" if isinstance(value, str) and plain.startswith(_FORMULA) else plain
