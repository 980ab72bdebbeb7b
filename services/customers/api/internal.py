"""The doors of the gateway."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query, Response
from pydantic import Field, model_validator

from services.customers.contract import CustomerSectionsView, CustomerViews, ExportView, IdentityKey, ResolvedCustomers
from services.customers.domain.keys import KeyKind
from services.customers.queries.export import export_many
from services.customers.queries.one_view import one_view, read_sections, tag
from services.customers.queries.resolve import resolve_ids, resolve_keys
from services.customers.queries.views import SectionName, customer_sections
from services.kit.auth import Principal
from services.kit.fields import Command, FieldPaths, Reference
from services.kit.http import APIRouter, Read, RuntimeDep, requires
from services.kit.narrowing import narrowed

router = APIRouter(tags=["internal"])


class AskViews(Command):
    """Sections (all when null) of up to 100 customers; `sizes` says how many of a list at most (20 when left out), `fields` which."""

    customer_ids: Annotated[list[UUID], Field(max_length=100)]
    sections: Annotated[list[SectionName], Field(max_length=20)] | None = None
    sizes: Annotated[dict[SectionName, Annotated[int, Field(ge=1, le=100)]], Field(default_factory=dict, max_length=20)]
    fields: FieldPaths


class AskExport(Command):
    """Whose rows: the records of one person."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class AskedKey(Command):
    """A key."""

    kind: KeyKind
    value: Reference


class AskResolve(Command):
    """Either keys or ids."""

    keys: Annotated[list[AskedKey], Field(min_length=1, max_length=100)] | None = None
    ids: Annotated[list[UUID], Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "AskResolve":
        if (self.keys is None) == (self.ids is None):
            raise ValueError("send either keys or ids")
        return self


@router.post("/internal/v1/customers/views", response_model=CustomerViews)
async def post_views(ask: AskViews, read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("internal")]) -> Any:
    """Return the sections asked for, by the id that was asked for; a merged record shows its whole person."""
    sections = list(SectionName) if ask.sections is None else list(dict.fromkeys(ask.sections))
    quiet = timedelta(days=runtime.settings.offer_quiet_days)
    return narrowed(await read(customer_sections, ask.customer_ids, sections, ask.sizes, quiet), ask.fields)


@router.get("/internal/v1/customers/{customer_id}/view", response_model=CustomerSectionsView)
async def get_view(
    customer_id: UUID,
    read: Read,
    runtime: RuntimeDep,
    _: Annotated[Principal, requires("internal")],
    sections: Annotated[str | None, Query(max_length=200, description="e.g. profile,cases:10; all when left out")] = None,
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Return the sections of one customer, or 304 when the reader has them already (weak ETag of their versions)."""
    names, sizes = read_sections(sections)
    found = await read(one_view, customer_id, names, sizes, timedelta(days=runtime.settings.offer_quiet_days))
    mark = tag(found, sizes)
    if mark in (if_none_match or "").split(", "):
        return Response(status_code=304, headers={"ETag": mark})
    body = CustomerSectionsView(sections=found).model_dump_json()
    return Response(body, media_type="application/json", headers={"ETag": mark})


@router.post("/internal/v1/customers/export", response_model=ExportView)
async def post_export(ask: AskExport, read: Read, _: Annotated[Principal, requires("internal")]) -> ExportView:
    """Return every row that this service keeps of these records: its part of a copy of a person's data."""
    return await read(export_many, ask.customer_ids)


@router.post("/internal/v1/resolve", response_model=ResolvedCustomers)
async def post_resolve(ask: AskResolve, read: Read, _: Annotated[Principal, requires("internal")]) -> ResolvedCustomers:
    """Return who each key or id stands for now, with the ids of all records of that person."""
    if ask.keys is not None:
        return await read(resolve_keys, [IdentityKey(kind=key.kind, value=key.value) for key in ask.keys])
    return await read(resolve_ids, ask.ids or [])
