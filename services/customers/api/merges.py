"""Merges: reversible, by id."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.customers import repository
from services.customers.contract import MergeView
from services.customers.use_cases.merge_customers import MergeCustomers, merge_customers, undo_merge
from services.kit.auth import Principal
from services.kit.http import APIRouter, Read, Write, requires

router = APIRouter(tags=["merges"])


@router.post("/v1/merges", status_code=201, response_model=MergeView)
async def post_merge(command: MergeCustomers, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Treat two customers as one person from now on."""
    return await write(merge_customers, command, view=MergeView)


@router.get("/v1/merges/{merge_id}", response_model=MergeView)
async def get_merge(merge_id: UUID, read: Read, _: Annotated[Principal, requires("customers:read")]) -> MergeView:
    """Return a merge, undone or not."""
    return MergeView.model_validate(await read(repository.merge, merge_id))


@router.post("/v1/merges/{merge_id}/undo", response_model=MergeView)
async def post_undo(merge_id: UUID, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Take a merge back: both customers are what they would be without it, also by what happened since."""
    return await write(undo_merge, merge_id, view=MergeView)
