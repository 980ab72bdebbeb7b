"""What was found without being asked for: themes and spikes; and what matters most."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.feedback.contract import ItemView
from services.feedback.contract.found import Priorities, Recovery, Slices, Spikes, SpikeView, ThemeView, ThemeWithQuotes
from services.feedback.contract.keeping import Asked
from services.feedback.domain.spikes import FALSE_ALARMS
from services.feedback.models import Theme
from services.feedback.queries.reports import priorities, recovery, slices
from services.feedback.use_cases.keep_spikes import spikes
from services.feedback.use_cases.keep_themes import NameTheme, PromoteTheme, members, name_theme, promote_theme, quoted, theme, themes
from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import InvalidInput
from services.kit.fields import Code, Command
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["found"])
CanRead = Annotated[Principal, requires("feedback:read")]
Days = Annotated[int, Query(ge=1, le=366)]
LEAST_CELL = 5


class FindNow(Command):
    """Look now; nothing is to be said about it."""


@router.get("/v1/themes", response_model=list[ThemeView])
async def list_themes(
    read: Read, _: CanRead, state: Annotated[str | None, Query(pattern="^(open|quiet|promoted|dismissed)$")] = "open", limit: PageSize = 50
) -> list[ThemeView]:
    """List themes, those with most voices first."""
    return [ThemeView.model_validate(one) for one in await read(themes, state, limit)]


@router.post("/v1/themes/find", status_code=202, response_model=Asked)
async def post_find(command: FindNow, write: Write, _: Annotated[Principal, requires("feedback:admin")]) -> Response:
    """Look for themes and spikes now, and not only at night."""
    return await write(_find_now, command, view=Asked)


async def _find_now(uow: UnitOfWork, _: FindNow) -> Asked:
    await uow.schedule("find_new", key="now", at=uow.now)
    return Asked(at=uow.now)


@router.get("/v1/themes/{theme_id}", response_model=ThemeWithQuotes)
async def get_theme(theme_id: UUID, read: Read, _: CanRead) -> ThemeWithQuotes:
    """Return a theme with its quotes."""
    return await read(_with_quotes, theme_id)


async def _with_quotes(tx: Tx, theme_id: UUID) -> ThemeWithQuotes:
    found: Theme = await theme(tx, theme_id)
    items = [ItemView.model_validate(one) for one in await quoted(tx, found.quotes)]
    return ThemeWithQuotes(**ThemeView.model_validate(found).model_dump(), quoted=items)


@router.get("/v1/themes/{theme_id}/items", response_model=Page[ItemView])
async def list_members(theme_id: UUID, read: Read, _: CanRead, cursor: Cursor = None, limit: PageSize = 50) -> Page[ItemView]:
    """List the voices of a theme, nearest to its middle first."""
    after = _place(decode_cursor(cursor, 1)[0]) if cursor is not None else -1
    found = await read(members, theme_id, after, limit + 1)
    shown = [ItemView.model_validate(item) for _, item in found[:limit]]
    return Page(items=shown, next_cursor=encode_cursor(str(found[limit - 1][0])) if len(found) > limit else None)


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9):  # noqa: PLR2004 - no theme is larger
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor")
    return int(text)


@router.put("/v1/themes/{theme_id}/name", response_model=ThemeView)
async def put_theme_name(theme_id: UUID, command: NameTheme, write: Write, _: Annotated[Principal, requires("feedback:write")]) -> Response:
    """Give a theme a name for people, or dismiss it for good."""
    return await write(name_theme, theme_id, command, view=ThemeView)


@router.post("/v1/themes/{theme_id}/promote", response_model=ThemeView)
async def post_promote(theme_id: UUID, command: PromoteTheme, write: Write, _: Annotated[Principal, requires("feedback:admin")]) -> Response:
    """Make the theme a driver: the half of its voices nearest to its middle become the first labels, and are learned from within seconds."""
    return await write(promote_theme, theme_id, command, view=ThemeView)


@router.get("/v1/spikes", response_model=Spikes)
async def list_spikes(read: Read, _: CanRead, days: Days = 28, limit: PageSize = 50) -> Spikes:
    """List days on which a driver was heard more often than chance explains."""
    return await read(_spikes, days, limit)


async def _spikes(tx: Tx, days: int, limit: int) -> Spikes:
    found = await spikes(tx, tx.now.date() - timedelta(days=days), limit)
    return Spikes(false_alarm_rate=FALSE_ALARMS, spikes=[SpikeView.model_validate(one) for one in found])


@router.get("/v1/priorities", response_model=Priorities)
async def get_priorities(read: Read, _: CanRead, days: Days = 28) -> Priorities:
    """Rank drivers by severity, prevalence and trend, each part shown with its interval or test."""
    return await read(priorities, days)


@router.get("/v1/slices/{attribute}", response_model=Slices)
async def get_slices(
    attribute: Code,
    read: Read,
    _: CanRead,
    driver: Code | None = None,
    days: Days = 28,
    least: Annotated[int, Query(ge=LEAST_CELL, le=1_000)] = LEAST_CELL,
) -> Slices:
    """Compare voices by segment or demographics; a cell of fewer than `least` voices is hidden, and never one alone."""
    return await read(slices, attribute, driver, days, least)


@router.get("/v1/recovery", response_model=Recovery)
async def get_recovery(read: Read, _: CanRead, days: Days = 28, department: Code | None = None) -> Recovery:
    """Report how follow-ups ended: how many customers were won back, how many answered at all, how punctual the answers were."""
    return await read(recovery, days, department)
