"""Alerts: what a person should look at, and who does."""

from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.insight.api.asked import SpanAsked
from services.insight.contract import AlertView
from services.insight.queries.alerts import listed
from services.insight.use_cases.acknowledge_alert import AcknowledgeAlert, acknowledge_alert
from services.kit.auth import Principal
from services.kit.fields import Name
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires

router = APIRouter(tags=["alerts"])
Reader = Annotated[Principal, requires("insight:read")]
Writer = Annotated[Principal, requires("insight:write")]


@router.get("/v1/alerts", response_model=Page[AlertView])
async def list_alerts(
    asked: SpanAsked,
    read: Read,
    _: Reader,
    state: Annotated[Literal["open", "acknowledged", "over"] | None, Query()] = None,
    kind: Annotated[Literal["cycle", "change", "outlier"] | None, Query()] = None,
    site: Annotated[Name | None, Query(description="only alerts of this site")] = None,
    vendor: Annotated[Name | None, Query(description="only alerts of this vendor")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[AlertView]:
    """Broken stages of the cycle, figures that changed, places outside of their funnel, newest first.

    Readers of some sites or vendors see the broken stages of these.

    `from` and `to` keep the list to alerts that stood at some time between them. An alert compares with a baseline itself, so it has no other period.
    """
    place = {name: value for name, value in (("site", site), ("vendor", vendor)) if value is not None}
    items, next_cursor = await read(listed, state, kind, replace(asked, filters=place), (cursor, limit))
    return Page(items=items, next_cursor=next_cursor)


@router.post("/v1/alerts/{alert_id}/acknowledgement", response_model=AlertView)
async def post_acknowledgement(alert_id: UUID, write: Write, _: Writer, command: AcknowledgeAlert | None = None) -> Response:
    """Look after an alert, or name who does; it stays until a daily look finds nothing any more."""
    return await write(acknowledge_alert, alert_id, command or AcknowledgeAlert(), view=AlertView)
