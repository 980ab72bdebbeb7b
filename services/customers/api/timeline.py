"""The timeline."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.customers.contract import TimelineEntryView
from services.customers.domain.timeline import EntryKind
from services.customers.queries.timeline import Wanted, timeline, timeline_since
from services.kit.auth import Principal
from services.kit.fields import Code, Instant
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires

router = APIRouter(tags=["timeline"])
Kinds = Annotated[list[EntryKind] | None, Query(max_length=30, description="only these kinds; repeat the parameter")]
Sources = Annotated[list[Code] | None, Query(max_length=10, description="only what these services told; repeat the parameter")]
Since = Annotated[Instant | None, Query(description="only what happened at this moment or later")]
Until = Annotated[Instant | None, Query(description="only what happened before this moment")]
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
    sources: Sources = None,
    since: Since = None,
    until: Until = None,
    since_seq: SinceSeq = None,
) -> Page[TimelineEntryView]:
    """Everything that happened to a person, newest first; with `since_seq` what is new, oldest first."""
    wanted = Wanted(kinds, sources, since, until)
    if since_seq is not None:
        return await read(timeline_since, customer_id, since_seq, limit, wanted)
    return await read(timeline, customer_id, cursor, limit, wanted)
