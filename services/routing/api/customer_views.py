"""What routing adds to the unified customer view."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.kit.auth import Principal
from services.kit.fields import Command, FieldPaths, View
from services.kit.http import APIRouter, Read, requires
from services.kit.narrowing import narrowed
from services.routing.contract import ContactSummary, CustomerContacts
from services.routing.queries.customer_views import customer_views

router = APIRouter(tags=["internal"])


class AskViews(Command):
    """Of whom, which sections (None: all), and which fields of them (none: all)."""

    customer_ids: Annotated[list[UUID], Field(max_length=100)]
    sections: Annotated[list[Literal["contacts", "call_backs"]], Field(max_length=10)] | None = None
    fields: FieldPaths


class SectionView(View):
    """One section; `version` grows with every change of what it shows."""

    version: int
    as_of: datetime
    data: CustomerContacts | list[ContactSummary]


class CustomerViews(View):
    """Sections by customer; every customer asked for is there."""

    views: dict[UUID, dict[str, SectionView]]


@router.post("/internal/v1/customers/views", response_model=CustomerViews)
async def post_views(command: AskViews, read: Read, _: Annotated[Principal, requires("internal")]) -> Any:
    """Return sections `contacts` and `call_backs` of up to 100 customers at once."""
    views = await read(customer_views, command.customer_ids, command.sections)
    return narrowed(CustomerViews.model_validate({"views": views}), command.fields)
