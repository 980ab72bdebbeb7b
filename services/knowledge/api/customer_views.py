"""The door of the gateway: what knowledge can say about customers, in one call."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.kit.auth import Principal
from services.kit.fields import Code, Command, View
from services.kit.http import APIRouter, Read, requires
from services.knowledge.queries.customer_views import customer_views

router = APIRouter(tags=["internal"])


class AskCustomerViews(Command):
    """Which customers, and which sections of them."""

    customer_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    sections: Annotated[list[Code], Field(max_length=50)] | None = None
    """None: all. Names that are not ours are passed over, since the gateway asks every service alike."""


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
async def post_customer_views(asked: AskCustomerViews, read: Read, _: Annotated[Principal, requires("internal")]) -> CustomerViews:
    """Return suggested articles for open cases, and what was tried in self-service."""
    views = await read(customer_views, list(dict.fromkeys(asked.customer_ids)), asked.sections)
    return CustomerViews.model_validate({"views": views})
