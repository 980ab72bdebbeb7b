"""Charge-back statements, as JSON pages and as one CSV."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from fastapi import Path
from fastapi.responses import StreamingResponse

from services.insight.api.asked import PartsAsked
from services.insight.contract import StatementLineView, StatementView
from services.insight.domain.period import Asked
from services.insight.domain.spreadsheet import row
from services.insight.queries.statement import statement
from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, PageSize, Read, requires

router = APIRouter(tags=["statements"])
Reader = Annotated[Principal, requires("insight:read")]
Key = Annotated[Code, Path()]
CSV_PAGE = 1000
TEXTS = ("contact_id", "external_id", "ended_at", "channel", "driver", "site", "vendor")
NUMBERS = ("handle_seconds", "minutes", "per_hour", "amount")


@router.get("/v1/departments/{key}/statement", response_model=StatementView)
async def get_statement(key: Key, asked: PartsAsked, read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> StatementView:
    """What a department is charged, contact by contact; totals are of the whole period, lines come in pages."""
    return await read(statement, key, asked, cursor, limit)


@router.get("/v1/departments/{key}/statement.csv", response_class=StreamingResponse)
async def get_statement_csv(key: Key, asked: PartsAsked, read: Read, _: Reader) -> StreamingResponse:
    """The same lines as CSV (RFC 4180, UTF-8) over all pages; no cell can run as a formula in a spreadsheet."""
    first = await read(statement, key, asked, None, CSV_PAGE)
    fixed = replace(asked, start=first.period.start, end=first.period.end)
    headers = {"Content-Disposition": f'attachment; filename="statement-{key}.csv"'}
    return StreamingResponse(_csv(read, key, fixed, first), media_type="text/csv; charset=utf-8", headers=headers)


def _cells(line: StatementLineView, currency: str | None) -> list[str | Decimal | None]:
    """Return one line's cells: texts as text, numbers as numbers."""
    found = line.model_dump(mode="json")
    numbers = [None if found[name] is None else Decimal(found[name]) for name in NUMBERS]
    return [*(found[name] for name in TEXTS), *numbers, currency]


async def _csv(read: Read, key: str, asked: Asked, first: StatementView) -> AsyncIterator[str]:
    yield row([*TEXTS, *NUMBERS, "currency"])
    page = first
    while True:
        for line in page.lines:
            yield row(_cells(line, page.currency))
        if page.next_cursor is None:
            return
        page = await read(statement, key, asked, page.next_cursor, CSV_PAGE)
