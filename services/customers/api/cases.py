"""Cases and their write-ups."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.customers import repository
from services.customers.contract import CaseView, WriteUpView
from services.customers.use_cases.follow_case import ChangeCase, ConfirmCase, change_case, confirm_case
from services.customers.use_cases.work_case import OpenCase, WriteUpCase, open_case, resolve_case, write_up_case
from services.kit.auth import Principal
from services.kit.http import APIRouter, IfMatch, Read, Write, requires

router = APIRouter(tags=["cases"])


@router.post("/v1/cases", status_code=201, response_model=CaseView)
async def post_case(command: OpenCase, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Open a case for a customer, named by id or by key."""
    return await write(open_case, command, view=CaseView)


@router.get("/v1/cases/{case_id}", response_model=CaseView)
async def get_case(case_id: UUID, read: Read, _: Annotated[Principal, requires("customers:read")]) -> CaseView:
    """Return a case."""
    return CaseView.model_validate(await read(repository.case, case_id))


@router.patch("/v1/cases/{case_id}", response_model=CaseView)
async def patch_case(
    case_id: UUID, command: ChangeCase, expected: IfMatch, write: Write, _: Annotated[Principal, requires("customers:write")]
) -> Response:
    """Give a case another owner, or write down what was promised until when."""
    return await write(change_case, case_id, expected, command, view=CaseView)


@router.post("/v1/cases/{case_id}/confirm", response_model=CaseView)
async def post_confirm(case_id: UUID, command: ConfirmCase, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Write down whether the customer agrees that the case is solved; if not, it is open again."""
    return await write(confirm_case, case_id, command, view=CaseView)


@router.post("/v1/cases/{case_id}/write-up", status_code=201, response_model=WriteUpView)
async def post_write_up(case_id: UUID, command: WriteUpCase, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Write down what was wrong and what solved it; a knowledge draft follows at once."""
    return await write(write_up_case, case_id, command, view=WriteUpView)


@router.post("/v1/cases/{case_id}/resolve", response_model=CaseView)
async def post_resolve(case_id: UUID, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Resolve a case."""
    return await write(resolve_case, case_id, view=CaseView)
