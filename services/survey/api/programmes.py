"""Programmes: when and whom to ask."""

from typing import Annotated

from fastapi import Response

from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.kit.paging import decode_cursor, encode_cursor
from services.survey.contract import ProgrammeView
from services.survey.domain.programme import Rules
from services.survey.repository import asking
from services.survey.use_cases.set_programme import set_programme

router = APIRouter(tags=["programmes"])


@router.put("/v1/programmes/{key}", response_model=ProgrammeView)
async def put_programme(key: Code, rules: Rules, write: Write, _: Annotated[Principal, requires("survey:admin")]) -> Response:
    """Create or change a programme; open decisions are judged by the version that is current when they fall due."""
    return await write(set_programme, key, rules, view=ProgrammeView)


@router.get("/v1/programmes/{key}")
async def get_programme(key: Code, read: Read, _: Annotated[Principal, requires("survey:read")]) -> ProgrammeView:
    """Return the current version of a programme."""
    return ProgrammeView.model_validate(await read(asking.programme, key))


@router.get("/v1/programmes")
async def list_programmes(
    read: Read, _: Annotated[Principal, requires("survey:read")], cursor: Cursor = None, limit: PageSize = 50
) -> Page[ProgrammeView]:
    """Return the current programmes, by key."""
    after = decode_cursor(cursor, 1)[0] if cursor else ""
    found = await read(asking.programmes, after, limit + 1)
    items = [ProgrammeView.model_validate(programme) for programme in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].key) if len(found) > limit else None)
