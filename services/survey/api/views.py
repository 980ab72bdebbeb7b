"""The view contract: what the gateway shows of a customer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Body
from pydantic import BaseModel, Field

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code, Command, FieldPaths
from services.kit.http import APIRouter, Read, RuntimeDep, requires
from services.kit.narrowing import narrowed
from services.survey.api.showing import invitation_view
from services.survey.contract import InvitationView, ResponseView
from services.survey.models import Invitation, Response
from services.survey.repository import asking

router = APIRouter(tags=["views"])
WANTED = {
    "two": {
        "summary": "invitations of one customer",
        "value": {"customer_ids": ["01a1d4f0-5a3e-7c11-9d0a-2f6b8c4e7a10"], "sections": ["invitations"]},
    }
}
SECTIONS = ("invitations", "responses")
MOST_ROWS = 2000
"""Per section and request; with 100 customers that is 20 each, with one far more than anybody is asked."""


class ViewsWanted(Command):
    """Whose sections; `sections` null means all, unknown names are passed over; `fields` says which fields of them (none: all)."""

    customer_ids: Annotated[list[UUID], Field(max_length=100)]
    sections: Annotated[list[Code], Field(max_length=50)] | None = None
    fields: FieldPaths


class Section(BaseModel):
    """One section of one customer; the version grows with every change of what is in it."""

    version: int
    as_of: datetime
    data: list[InvitationView] | list[ResponseView]


class Views(BaseModel):
    """Customer to section name to section."""

    views: dict[UUID, dict[str, Section]]


@router.post("/internal/v1/customers/views", response_model=Views)
async def customer_views(
    wanted: Annotated[ViewsWanted, Body(openapi_examples=WANTED)], read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("internal")]
) -> Any:
    """Return the sections `invitations` and `responses` of up to 100 customers, newest first, in two statements."""
    names = [name for name in SECTIONS if wanted.sections is None or name in wanted.sections]
    asked, answered = await read(_rows, wanted.customer_ids, names)
    now = runtime.clock.now()
    key: bytes = runtime.resources["keys"].link
    views: dict[UUID, dict[str, Section]] = {customer_id: {} for customer_id in wanted.customer_ids}
    for customer_id, sections in views.items():
        if "invitations" in names:
            mine = [row for row in asked if row.customer_id == customer_id]
            shown = [invitation_view(row, now, None, key) for row in mine]
            sections["invitations"] = Section(version=sum(row.version for row in mine), as_of=now, data=shown)
        if "responses" in names:
            own = [row for row in answered if row.customer_id == customer_id]
            sheets = [ResponseView.model_validate(row) for row in own]
            sections["responses"] = Section(version=sum(row.version for row in own), as_of=now, data=sheets)
    return narrowed(Views(views=views), wanted.fields)


async def _rows(tx: Tx, customer_ids: list[UUID], names: list[str]) -> tuple[list[Invitation], list[Response]]:
    asked = await asking.invitations_of(tx, customer_ids, MOST_ROWS) if "invitations" in names else []
    return asked, await asking.responses_of(tx, customer_ids, MOST_ROWS) if "responses" in names else []
