"""Alerts of insight: asked, taken, followed live."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema.asking import paged
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import After, Connection, First, changes, computed, follows, mapped, page_from
from gateway.schema.routing_live import STEP_S, changing
from services.insight.contract import AlertView

SCOPE = "insight:read"
MOST = 100
AlertId = Annotated[strawberry.ID, strawberry.argument(description="The alert's id in REST.")]
Owner = Annotated[str | None, strawberry.argument(description="Who looks after it; you when left out.")]
Site = Annotated[str | None, strawberry.argument(description="Only those of this site.")]
Vendor = Annotated[str | None, strawberry.argument(description="Only those of this vendor.")]
State = Annotated[str | None, strawberry.argument(description="open, acknowledged or over.")]
Kind = Annotated[str | None, strawberry.argument(description="cycle, change or outlier.")]
Since = Annotated[datetime | None, strawberry.argument(name="from", description="Only those that were not over before it.")]
Until = Annotated[datetime | None, strawberry.argument(name="to", description="Only those that were raised before it.")]
said = strawberry.field


@strawberry.type(description="Something that left its baseline and that a person should look at.")
class Alert:
    """An alert."""

    uid: UUID = said(description="The id in REST.")
    kind: str = said(description="cycle (a stage is broken), change (a figure changed) or outlier (a place is outside of its funnel).")
    figure: str = said(description="What it is about, such as cycle.collect or csat.site.north.")
    sentence: str = said(description="What was found, for a person to read.")
    state: str = said(description="open, acknowledged or over.")
    owner: str | None = said(description="Who looks after it; null while nobody does.")
    raised_at: datetime = said(description="When it was first seen.")
    looked_at: datetime = said(description="When it was last seen.")
    acknowledged_at: datetime | None = said(description="When somebody took it.")
    over_at: datetime | None = said(description="When a look found nothing any more.")
    version: int = said(description="Grows with each change.")
    site: str | None = said(description="Where it is; of neither a site nor a vendor: the whole house.")
    vendor: str | None = said(description="Where it is; see site.")


def _alert(view: AlertView) -> Alert:
    return mapped(Alert, view, uid=view.id)


@strawberry.type
class InsightAlertQuery:
    """A part of the root of all questions."""

    @computed("Alerts, newest first; readers of some sites or vendors see the broken stages of these.", scope=SCOPE)
    async def alerts(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: State = None,
        kind: Kind = None,
        site: Site = None,
        vendor: Vendor = None,
        since: Since = None,
        until: Until = None,
    ) -> Connection[Alert] | None:
        """Ask insight."""
        context, query = paged(info, first, after, state=state, kind=kind, site=site, vendor=vendor, to=until, **{"from": since})
        page = await context.clients.insight.alerts(context.caller, query)
        return page_from(page.items, page.next_cursor, after, _alert)


@strawberry.type
class InsightAlertMutation:
    """A part of the root of all changes."""

    @changes("Look after an alert, or name who does.")
    async def acknowledge_alert(self, info: Info, id: AlertId, owner: Owner = None, idempotency_key: IdempotencyKey = None) -> Payload[Alert]:
        """Tell insight."""
        context = at(info)
        body = {} if owner is None else {"owner": owner}
        return await performed(lambda: context.clients.insight.acknowledge(context.caller, str(id), body, idempotency_key), _alert)


@strawberry.type
class InsightStreams:
    """What can be followed of insight."""

    @follows("Alerts that nobody looks after yet, told again whenever one is raised, taken or over.")
    async def open_alerts(self, info: Info) -> AsyncGenerator[list[Alert], None]:
        """Look again every fraction of a second."""
        context = at(info)
        context.need(SCOPE)

        async def look() -> list[AlertView]:
            page = await context.clients.insight.alerts(context.with_time(STEP_S), {"state": "open", "limit": str(MOST)})
            return page.items

        async for alerts in changing(context, look, lambda seen: [(one.id, one.version) for one in seen], refresh=None):
            yield [_alert(one) for one in alerts]
