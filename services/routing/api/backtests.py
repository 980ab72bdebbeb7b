"""Rehearsals of a change on days that were."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import JsonValue

from services.kit.auth import Principal
from services.kit.fields import View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.routing.repository import backtests
from services.routing.use_cases.rehearse import StartBacktest, start_backtest

router = APIRouter(tags=["backtests"])
PATH = "/v1/backtests"
Reader = Annotated[Principal, requires("routing:read")]


class BacktestView(View):
    """A rehearsal. `result`: figures of both rules overall and by queue, gains in points (waiting in seconds) with intervals (95 %), and warnings."""

    id: UUID
    version: int
    name: str
    state: str
    progress: float
    result: dict[str, JsonValue] | None
    problem: str | None
    created_at: datetime
    finished_at: datetime | None


@router.post(PATH, status_code=202, response_model=BacktestView)
async def post_backtest(command: StartBacktest, write: Write, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Start a rehearsal on uploaded days or on own ones; it runs in the background."""
    return await write(start_backtest, command, view=BacktestView)


@router.get(PATH)
async def list_backtests(read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[BacktestView]:
    """List rehearsals, newest first."""
    page = await read(backtests.backtests_page, cursor, limit)
    return Page(items=[BacktestView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get(PATH + "/{backtest_id}")
async def get_backtest(backtest_id: UUID, read: Read, _: Reader) -> BacktestView:
    """Return a rehearsal: how far it is, and in the end what it came to."""
    return BacktestView.model_validate(await read(backtests.backtest, backtest_id))
