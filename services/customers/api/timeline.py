"""The timeline."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.customers.contract import TimelineEntryView
from services.customers.domain.timeline import EntryKind
from services.customers.queries.timeline import timeline, timeline_since
from services.kit.auth import Principal
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires

router = APIRouter(tags=["timeline"])
Kinds = Annotated[list[EntryKind] | None, Query(max_length=30, description="only these kinds; repeat the parameter")]
SinceSeq = Annotated[
    int | None,
    Query(ge=0, le=2**62, description="for live readers: what became visible after this seq, in that order; go on with the last item's seq"),
]


@router.get("/v1/customers/{customer_id}/timeline", response_model=Page[TimelineEntryView])
async def get_timeline(
    customer_id: UUID,
    read: Read,
    _: Annotated[Principal, requires("customers:read")],
    cursor: Cursor = None,
    limit: PageSize = 50,
    kinds: Kinds = None,
    since_seq: SinceSeq = None,
) -> Page[TimelineEntryView]:
    """Everything that happened to a person, newest first; with `since_seq` what is new, oldest first."""
    if since_seq is not None:
        return await read(timeline_since, customer_id, since_seq, limit, kinds)
    return await read(timeline, customer_id, cursor, limit, kinds)
