"""The doors of the privacy officer: a copy of what is kept, and erasures with the receipt of every service."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.customers import repository
from services.customers.contract import ErasureView, ExportView
from services.customers.queries.export import export
from services.customers.use_cases.erase_customer import EraseCustomer, erase_customer, show_erasure, show_erasures
from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires

router = APIRouter(tags=["erasures"])
PRIVACY = ("privacy:erase", "customers:admin")


class ErasureState(StrEnum):
    """How far an erasure is."""

    RUNNING = "running"
    COMPLETED = "completed"


@router.get("/v1/customers/{customer_id}/export", response_model=ExportView)
async def get_export(customer_id: UUID, read: Read, _: Annotated[Principal, requires(*PRIVACY)]) -> ExportView:
    """Return everything that this service keeps of a person, over all records that are them."""
    return await read(export, customer_id)


@router.post("/v1/erasures", status_code=202, response_model=ErasureView)
async def post_erasure(command: EraseCustomer, write: Write, _: Annotated[Principal, requires(*PRIVACY)]) -> Response:
    """Forget a person in every service. It is done here at once and cannot be undone; `missing` names the services that still owe a receipt."""

    async def erase(uow: UnitOfWork) -> ErasureView:
        return await erase_customer(uow, command.customer_id)

    return await write(erase, view=ErasureView)


@router.get("/v1/erasures/{erasure_id}", response_model=ErasureView)
async def get_erasure(erasure_id: UUID, read: Read, _: Annotated[Principal, requires(*PRIVACY)]) -> ErasureView:
    """Return how far an erasure is: the proof of who has forgotten what, and when."""
    return await read(show_erasure, erasure_id)


@router.get("/v1/erasures", response_model=Page[ErasureView])
async def list_erasures(
    read: Read,
    _: Annotated[Principal, requires(*PRIVACY)],
    state: Annotated[ErasureState | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[ErasureView]:
    """Return the erasures, newest first."""

    async def shown(tx: Tx) -> Page[ErasureView]:
        page = await repository.erasures(tx, done=None if state is None else state is ErasureState.COMPLETED, cursor=cursor, limit=limit)
        return Page(items=await show_erasures(tx, page.items), next_cursor=page.next_cursor)

    return await read(shown)
