"""Initiatives, and the public board of what came of them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.insight.contract import BoardEntryView, InitiativeDetailView, InitiativeView
from services.insight.queries.initiatives import board, detail, listed
from services.insight.use_cases.plan_initiative import PlanInitiative, plan_initiative
from services.insight.use_cases.publish_initiative import PublishInitiative, publish_initiative
from services.insight.use_cases.start_initiative import StartInitiative, start_initiative
from services.kit.auth import Principal
from services.kit.fields import Code, Language
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, etag, public, requires

router = APIRouter(tags=["initiatives"])
Reader = Annotated[Principal, requires("insight:read")]
Writer = Annotated[Principal, requires("insight:write")]


@router.post("/v1/initiatives", status_code=201, response_model=InitiativeView)
async def post_initiative(command: PlanInitiative, write: Write, _: Writer) -> Response:
    """Plan a change that removes a cause, with exactly one accountable person, a target and a baseline."""
    return await write(plan_initiative, command, view=InitiativeView)


@router.get("/v1/initiatives", response_model=Page[InitiativeView])
async def list_initiatives(
    read: Read,
    _: Reader,
    driver: Annotated[Code | None, Query()] = None,
    evidence: Annotated[UUID | None, Query(description="a follow-up or feedback item that the initiative answers")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[InitiativeView]:
    """Initiatives, newest first."""
    items, next_cursor = await read(listed, driver, evidence, cursor, limit)
    return Page(items=items, next_cursor=next_cursor)


@router.get("/v1/initiatives/{initiative_id}", response_model=InitiativeDetailView)
async def get_initiative(initiative_id: UUID, read: Read, runtime: RuntimeDep, response: Response, _: Reader) -> InitiativeDetailView:
    """One initiative with its effect so far: proven, not proven, harmful or too early, and the interval that says so."""
    settings = runtime.settings
    found = await read(detail, initiative_id, settings.minimum_answers, settings.effect_minimum)
    response.headers["ETag"] = etag(found.version)
    return found


@router.post("/v1/initiatives/{initiative_id}/start", response_model=InitiativeView)
async def post_start(initiative_id: UUID, write: Write, _: Writer, command: StartInitiative | None = None) -> Response:
    """Start it: from here on the figure is compared with the baseline."""
    return await write(start_initiative, initiative_id, command or StartInitiative(), view=InitiativeView)


@router.post("/v1/initiatives/{initiative_id}/publish", response_model=InitiativeView)
async def post_publish(initiative_id: UUID, write: Write, _: Writer, command: PublishInitiative | None = None) -> Response:
    """Publish it: every contributor is told once in their language, and the board shows it."""
    return await write(publish_initiative, initiative_id, command or PublishInitiative(), view=InitiativeView)


@router.get("/v1/board", response_model=Page[BoardEntryView])
async def get_board(
    read: Read,
    _: Annotated[None, public("what was promised to customers is for everybody to see")],
    language: Annotated[Language, Query()] = "en",
    cursor: Cursor = None,
    limit: PageSize = 20,
) -> Page[BoardEntryView]:
    """You said, we did: what changed because customers spoke, newest first."""
    items, next_cursor = await read(board, language, cursor, limit)
    return Page(items=items, next_cursor=next_cursor)
