"""Decisions: why somebody was asked, was not, or is not yet; and events of the house's own that start one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Body, Query, Response
from pydantic import BaseModel

from services.kit.auth import Principal
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.survey.api.showing import DecisionOut, cursor_of, read_cursor
from services.survey.contract import DecisionView
from services.survey.repository import asking
from services.survey.use_cases.report_event import ReportEvent, report_event

router = APIRouter(tags=["decisions"])
EVENTS = {
    "visit": {
        "summary": "a technician's visit is over; programmes with the trigger `custom` and `where.kind` visit_done hear of it",
        "value": {
            "event_id": "visit-2026-11-23-0815",
            "kind": "visit_done",
            "customer_key": {"kind": "account", "value": "A-1001"},
            "attributes": {"technician_team": "north", "late_minutes": 25, "first_visit": True},
        },
    }
}


class DecisionFilter(BaseModel):
    """Which decisions to list; all conditions must hold."""

    contact_id: UUID | None = None
    customer_id: UUID | None = None
    programme: Code | None = None
    order_reference: Annotated[str | None, Query(max_length=200)] = None
    outcome: Literal["pending", "invited", "skipped"] | None = None


@router.get("/v1/decisions")
async def list_decisions(
    wanted: Annotated[DecisionFilter, Query()],
    read: Read,
    _: Annotated[Principal, requires("survey:read")],
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[DecisionView]:
    """Return decisions, newest first, each with every rule that had a say."""
    found = await read(asking.decisions, wanted.model_dump(exclude_none=True), read_cursor(cursor), limit + 1)
    items: list[DecisionView] = [DecisionOut.model_validate(decision) for decision in found[:limit]]
    return Page(items=items, next_cursor=cursor_of(items[-1].created_at, items[-1].id) if len(found) > limit else None)


@router.get("/v1/decisions/{decision_id}")
async def get_decision(decision_id: UUID, read: Read, _: Annotated[Principal, requires("survey:read")]) -> DecisionView:
    """Explain one decision: every rule, what it looked at, its verdict, and when an ask would be possible."""
    return DecisionOut.model_validate(await read(asking.decision, decision_id))


@router.post("/v1/events", status_code=201, response_model=list[DecisionView])
async def post_event(
    command: Annotated[ReportEvent, Body(openapi_examples=EVENTS)], write: Write, _: Annotated[Principal, requires("survey:write")]
) -> Response:
    """Report an event of the house's own (`custom` programmes); the same event id again changes nothing and returns the same decisions."""
    return await write(report_event, command, view=list[DecisionOut])
