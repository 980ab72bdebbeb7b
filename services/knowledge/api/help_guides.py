"""Guides for customers: no key, the walk's own id is all that is needed to go on with it."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.kit.db import Tx, UnitOfWork
from services.kit.fields import Command
from services.kit.http import APIRouter, Read, Write, public
from services.knowledge.contract import RunView
from services.knowledge.use_cases.walk_guide import AnswerPage, BeginWalk, answer_page, begin_walk, go_back, walk

router = APIRouter(tags=["self-service"])


class BeginHelpWalk(Command):
    """The visitor's session, so that what was answered goes along when a person takes over."""

    session_id: UUID | None = None


@router.post("/v1/help/guides/{guide_id}/runs", status_code=201, response_model=RunView)
async def post_help_run(
    guide_id: UUID,
    command: BeginHelpWalk,
    write: Write,
    _: Annotated[None, public("customers walk through guides that are published for them")],
) -> Response:
    """Begin a guide that is published for customers."""

    async def begun(uow: UnitOfWork) -> RunView:
        return await begin_walk(uow, guide_id, BeginWalk(session_id=command.session_id), for_customers=True)

    return await write(begun, view=RunView)


@router.get("/v1/help/runs/{run_id}", response_model=RunView)
async def get_help_run(run_id: UUID, read: Read, _: Annotated[None, public("a walk is resumed by its own id")]) -> RunView:
    """Return where the walk stands, to go on with it."""

    async def standing(tx: Tx) -> RunView:
        return await walk(tx, run_id, for_customers=True)

    return await read(standing)


@router.post("/v1/help/runs/{run_id}/answers", response_model=RunView)
async def post_help_answer(
    run_id: UUID, command: AnswerPage, write: Write, _: Annotated[None, public("a walk is moved by who knows its id")]
) -> Response:
    """Answer the page and go on."""

    async def answered(uow: UnitOfWork) -> RunView:
        return await answer_page(uow, run_id, command, for_customers=True)

    return await write(answered, view=RunView)


@router.post("/v1/help/runs/{run_id}/back", response_model=RunView)
async def post_help_back(run_id: UUID, write: Write, _: Annotated[None, public("a walk is moved by who knows its id")]) -> Response:
    """Go back to the page before."""

    async def back(uow: UnitOfWork) -> RunView:
        return await go_back(uow, run_id, for_customers=True)

    return await write(back, view=RunView)
