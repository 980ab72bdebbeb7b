"""Training: modules, needs, assignments, hours and effect."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, requires
from services.kit.paging import decode_cursor, encode_cursor
from services.knowledge.api.measures import Since, Until, span_of
from services.knowledge.api.reading import id_in
from services.knowledge.contract import AssignmentView, HoursView, LedgerLineView, ModuleView, NeedView, TrainingEffectView
from services.knowledge.models import TrainingAssignment, TrainingHours, TrainingModule, TrainingNeed
from services.knowledge.queries.training import hours_of, training_effect
from services.knowledge.repository import training
from services.knowledge.use_cases.training import (
    AssignModule,
    CompleteTraining,
    EnterHours,
    FindNeed,
    WriteModule,
    assign_module,
    complete_training,
    enter_hours,
    find_need,
    write_module,
)

router = APIRouter(tags=["training"])
Reader = Annotated[Principal, requires("knowledge:read")]
Author = Annotated[Principal, requires("knowledge:write")]
ModuleCode = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_.-]{0,63}$")]


@router.put("/v1/training/modules/{code}", response_model=ModuleView)
async def put_module(code: ModuleCode, command: WriteModule, write: Write, _: Author) -> Response:
    """Create or replace a module."""
    return await write(write_module, code, command, view=ModuleView)


@router.get("/v1/training/modules", response_model=Page[ModuleView])
async def list_modules(
    read: Read, _: Reader, topic: Annotated[str | None, Query(max_length=64)] = None, cursor: Cursor = None, limit: PageSize = 50
) -> Page[ModuleView]:
    """List modules by code."""

    async def page(tx: Tx) -> list[TrainingModule]:
        return await training.modules(tx, topic=topic, after=decode_cursor(cursor, 1)[0] if cursor else None, limit=limit + 1)

    found = await read(page)
    more = encode_cursor(found[limit - 1].code) if len(found) > limit else None
    return Page(items=[ModuleView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.get("/v1/training/modules/{code}/effect", response_model=TrainingEffectView)
async def get_effect(
    code: ModuleCode,
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    since: Since = None,
    until: Until = None,
    days: Annotated[int, Query(ge=7, le=180, description="days before and after that are compared")] = 28,
) -> TrainingEffectView:
    """Tell whether learners resolve more than before, beside the change of everybody else, with its interval or `not_proven`."""
    begin, end = span_of(since, until, runtime.clock.now())
    return await read(training_effect, code, begin, end, days)


@router.post("/v1/training/needs", status_code=201, response_model=NeedView)
async def post_need(command: FindNeed, write: Write, _: Author) -> Response:
    """Tell of a need that a manager sees."""
    return await write(find_need, command, view=NeedView)


@router.get("/v1/training/needs", response_model=Page[NeedView])
async def list_needs(
    read: Read,
    _: Reader,
    state: Annotated[str, Query(pattern="^(open|assigned|closed)$")] = "open",
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[NeedView]:
    """List needs, newest first."""

    async def page(tx: Tx) -> tuple[list[TrainingNeed], dict[str, list[str]]]:
        found = await training.needs(tx, state=state, before=id_in(cursor), limit=limit + 1)
        return found, await training.modules_for(tx, sorted({one.topic for one in found}))

    found, teaching = await read(page)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    views = [NeedView.model_validate(one).model_copy(update={"modules": tuple(teaching.get(one.topic, ()))}) for one in found[:limit]]
    return Page(items=views, next_cursor=more)


@router.post("/v1/training/assignments", status_code=201, response_model=list[AssignmentView])
async def post_assignments(command: AssignModule, write: Write, _: Author) -> Response:
    """Have agents learn a module; who has it open keeps that assignment."""
    return await write(assign_module, command, view=list[AssignmentView])


@router.get("/v1/training/assignments", response_model=Page[AssignmentView])
async def list_assignments(
    read: Read,
    _: Reader,
    agent_id: UUID | None = None,
    is_open: Annotated[bool | None, Query(alias="open", description="true: still to learn; false: completed")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[AssignmentView]:
    """List assignments, newest first."""

    async def page(tx: Tx) -> list[TrainingAssignment]:
        return await training.assignments(tx, agent_id=agent_id, is_open=is_open, before=id_in(cursor), limit=limit + 1)

    found = await read(page)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return Page(items=[AssignmentView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.post("/v1/training/assignments/{assignment_id}/completion", response_model=AssignmentView)
async def post_completion(assignment_id: UUID, command: CompleteTraining, write: Write, _: Author) -> Response:
    """Note that it was learned: hours are entered, routing hears of the skill, and the refresher is planned."""
    return await write(complete_training, assignment_id, command, view=AssignmentView)


@router.post("/v1/training/hours", status_code=201, response_model=LedgerLineView)
async def post_hours(command: EnterHours, write: Write, _: Author) -> Response:
    """Enter learning outside the modules, or put a line right with minus."""
    return await write(enter_hours, command, view=LedgerLineView)


@router.get("/v1/training/hours", response_model=list[HoursView])
async def list_hours(read: Read, _: Reader, agent_id: Annotated[list[UUID] | None, Query(max_length=100)] = None) -> list[HoursView]:
    """Return minutes of the last 365 days against 24 hours, those with fewest first."""
    return await read(hours_of, agent_id)


@router.get("/v1/training/agents/{agent_id}/hours", response_model=Page[LedgerLineView])
async def list_ledger(agent_id: UUID, read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[LedgerLineView]:
    """List one agent's lines, newest first."""

    async def page(tx: Tx) -> list[TrainingHours]:
        return await training.ledger(tx, agent_id, before=id_in(cursor), limit=limit + 1)

    found = await read(page)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return Page(items=[LedgerLineView.model_validate(one) for one in found[:limit]], next_cursor=more)
