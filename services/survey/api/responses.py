"""Responses that do not come from the page."""

from typing import Annotated

from fastapi import Response

from services.kit.auth import Principal
from services.kit.http import APIRouter, Write, requires
from services.survey.contract import ResponseView
from services.survey.use_cases.take_response import TakeResponse, take_response

router = APIRouter(tags=["responses"])


@router.post("/v1/responses", status_code=201, response_model=ResponseView)
async def post_response(command: TakeResponse, write: Write, _: Annotated[Principal, requires("survey:write")]) -> Response:
    """Record an answer that an agent asked for, or that came by telephone keys, on paper, in a portal; the mode is kept."""
    return await write(take_response, command, view=ResponseView)
