"""The door of the gateway: what knowledge can say about customers, in one call."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.customers.contract import ExportView
from services.kit.auth import Principal
from services.kit.fields import Code, Command, FieldPaths, View
from services.kit.http import APIRouter, Read, RuntimeDep, requires
from services.kit.narrowing import narrowed
from services.knowledge.queries.customer_views import customer_views
from services.knowledge.queries.export import export_customers

router = APIRouter(tags=["internal"])


class AskCustomerViews(Command):
    """Which customers, and which sections of them."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    sections: Annotated[list[Code], Field(max_length=50)] | None = None
    """None: all. Names that are not ours are passed over, since the gateway asks every service alike."""
    fields: FieldPaths
    """Empty: all."""


class AskExport(Command):
    """Whose rows: the records of one person."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class SectionView(View):
    """One section of one customer."""

    version: int
    """Milliseconds of `as_of`: a larger one is newer."""
    as_of: datetime
    data: Any


class CustomerViews(View):
    """Customer -> section."""

    views: dict[UUID, dict[str, SectionView]]


@router.post("/internal/v1/customers/views", response_model=CustomerViews)
async def post_customer_views(asked: AskCustomerViews, read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("internal")]) -> Any:
    """Return suggested articles for open cases, and what was tried in self-service."""
    views = await read(customer_views, list(dict.fromkeys(asked.customer_ids)), asked.sections, runtime.resources["search"])
    return narrowed(CustomerViews.model_validate({"views": views}), asked.fields)


@router.post("/internal/v1/customers/export", response_model=ExportView)
async def post_export(ask: AskExport, read: Read, _: Annotated[Principal, requires("internal")]) -> ExportView:
    """Return every row that this service keeps of these records: its part of a copy of a person's data."""
    return await read(export_customers, list(dict.fromkeys(ask.customer_ids)))
