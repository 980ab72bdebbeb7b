"""Tellings: who was told what changed because of their words, who waits, and why somebody was not."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires
from services.survey.api.showing import cursor_of, read_cursor
from services.survey.contract.asking import SendAttemptView
from services.survey.contract.telling import TellingView
from services.survey.models.asked import SendAttempt
from services.survey.repository import sending, told

router = APIRouter(tags=["tellings"])


class TellingFilter(BaseModel):
    """Which tellings to list; all conditions must hold."""

    initiative_id: UUID | None = None
    customer_id: UUID | None = None
    state: Literal["waiting", "queued", "told", "withheld", "undeliverable"] | None = None


@router.get("/v1/tellings")
async def list_tellings(
    wanted: Annotated[TellingFilter, Query()],
    read: Read,
    _: Annotated[Principal, requires("survey:read")],
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[TellingView]:
    """Return who is told of which initiative, newest first: by which channel and in which language, or why not, or not yet."""
    found = await read(told.tellings, wanted.model_dump(exclude_none=True), read_cursor(cursor), limit + 1)
    items = [TellingView.model_validate(row) for row in found[:limit]]
    return Page(items=items, next_cursor=cursor_of(items[-1].wanted_at, items[-1].id) if len(found) > limit else None)


@router.get("/v1/tellings/{telling_id}/attempts")
async def list_telling_attempts(telling_id: UUID, read: Read, _: Annotated[Principal, requires("survey:read")]) -> list[SendAttemptView]:
    """Return every message of a telling, by which channel it went and why not by another, oldest first; none for one that never left."""
    return [SendAttemptView.model_validate(row) for row in await read(_attempts, telling_id)]


async def _attempts(tx: Tx, telling_id: UUID) -> list[SendAttempt]:
    return await sending.attempts(tx, (await told.telling(tx, telling_id)).id)
