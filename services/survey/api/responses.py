"""Responses: what was answered, and those that do not come from the page."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Response
from pydantic import BaseModel

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.survey.api.showing import cursor_of, read_cursor
from services.survey.contract import ResponseView
from services.survey.contract.asking import ResponseRevisionView
from services.survey.models.asked import ResponseRevision
from services.survey.repository import answering
from services.survey.use_cases.take_response import TakeResponse, take_response

router = APIRouter(tags=["responses"])
EXAMPLES = {
    "agent": {
        "summary": "asked by the agent at the end of a call",
        "value": {"survey": "delivery", "mode": "agent", "language": "en", "contact_id": "019a8f6e-0000-7000-8000-000000000001",
                  "answers": {"agent": "4", "solved": "partly", "better": "Call me before the van comes."}},
    },
    "ivr": {
        "summary": "telephone keys, hung up after the first question",
        "value": {"survey": "delivery", "mode": "ivr", "language": "de", "invitation_id": "019a8f6e-0000-7000-8000-000000000002",
                  "answers": {"agent": "2"}, "complete": False},
    },
    "paper": {
        "summary": "a card from the counter, nobody's name on it",
        "value": {"survey": "delivery", "mode": "paper", "language": "fr", "answers": {"agent": "5", "solved": "yes"}},
    },
}  # fmt: skip


class ResponseFilter(BaseModel):
    """Which responses to list; all conditions must hold."""

    customer_id: UUID | None = None
    contact_id: UUID | None = None
    invitation_id: UUID | None = None
    programme: Code | None = None
    survey: Code | None = None
    mode: Code | None = None


@router.post("/v1/responses", status_code=201, response_model=ResponseView)
async def post_response(
    command: Annotated[TakeResponse, Body(openapi_examples=EXAMPLES)], write: Write, _: Annotated[Principal, requires("survey:write")]
) -> Response:
    """Record an answer that an agent asked for, or that came by telephone keys, on paper, in a portal; mode and what was broken off are kept."""
    return await write(take_response, command, view=ResponseView)


@router.get("/v1/responses")
async def list_responses(
    wanted: Annotated[ResponseFilter, Query()],
    read: Read,
    _: Annotated[Principal, requires("survey:read")],
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[ResponseView]:
    """Return responses, newest first."""
    found = await read(answering.responses, wanted.model_dump(exclude_none=True), read_cursor(cursor), limit + 1)
    items = [ResponseView.model_validate(row) for row in found[:limit]]
    return Page(items=items, next_cursor=cursor_of(items[-1].answered_at, items[-1].id) if len(found) > limit else None)


@router.get("/v1/responses/{response_id}")
async def get_response(response_id: UUID, read: Read, _: Annotated[Principal, requires("survey:read")]) -> ResponseView:
    """Return a response as it stands."""
    return ResponseView.model_validate(await read(answering.response, response_id))


@router.get("/v1/responses/{response_id}/revisions")
async def list_revisions(response_id: UUID, read: Read, _: Annotated[Principal, requires("survey:read")]) -> list[ResponseRevisionView]:
    """Return what a response said before it was changed or words were added, oldest first; at most 100."""
    return [ResponseRevisionView.model_validate(row) for row in await read(_revisions, response_id)]


async def _revisions(tx: Tx, response_id: UUID) -> list[ResponseRevision]:
    await answering.response(tx, response_id)
    return await answering.revisions(tx, response_id)
