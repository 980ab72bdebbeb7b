"""Insight's part of the unified customer view, for the gateway alone."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, JsonValue

from services.insight.contract import ContributionView
from services.insight.models import Base
from services.insight.queries.contributions import contributions
from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code, Command, FieldPaths, View
from services.kit.http import APIRouter, Read, requires
from services.kit.narrowing import narrowed
from services.kit.subjects import rows_about

router = APIRouter(tags=["views"])
SECTION = "contributions"


class AskViews(Command):
    """Which customers, and which of insight's sections; null: all. Sections that insight does not have are left out. `fields` says which fields."""

    customer_ids: Annotated[list[UUID], Field(max_length=100)]
    sections: Annotated[list[Code], Field(max_length=20)] | None = None
    fields: FieldPaths


class SectionView(View):
    """One section of one customer; `version` grows when it changes."""

    version: int
    as_of: datetime
    data: list[ContributionView]


class CustomerViews(View):
    """Customer to section to content."""

    views: dict[UUID, dict[str, SectionView]]


class AskExport(Command):
    """Whose rows: the records of one person."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class OwnRows(View):
    """Everything that insight keeps of a person, as it stands, table by table."""

    service: str
    customer_ids: list[UUID]
    as_of: datetime
    tables: dict[str, list[dict[str, JsonValue]]]


async def _views(tx: Tx, ask: AskViews) -> CustomerViews:
    if ask.sections is not None and SECTION not in ask.sections:
        return CustomerViews(views={customer_id: {} for customer_id in ask.customer_ids})
    found = await contributions(tx, ask.customer_ids)
    return CustomerViews(
        views={customer_id: {SECTION: SectionView(version=len(told), as_of=tx.now, data=told)} for customer_id, told in found.items()},
    )


@router.post("/internal/v1/customers/views", response_model=CustomerViews)
async def post_views(ask: AskViews, read: Read, _: Annotated[Principal, requires("internal")]) -> Any:
    """What each customer was told because they spoke."""
    return narrowed(await read(_views, ask), ask.fields)


async def _own_rows(tx: Tx, customer_ids: list[UUID]) -> OwnRows:
    tables = await rows_about(tx, Base.metadata, "customer_id", customer_ids)
    return OwnRows(service="insight", customer_ids=sorted(customer_ids), as_of=tx.now, tables={name: rows for name, rows in tables.items() if rows})


@router.post("/internal/v1/customers/export", response_model=OwnRows)
async def post_export(ask: AskExport, read: Read, _: Annotated[Principal, requires("internal")]) -> OwnRows:
    """Return every row that this service keeps of these records: its part of a copy of a person's data."""
    return await read(_own_rows, ask.customer_ids)
