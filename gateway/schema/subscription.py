"""What can be followed live."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated
from uuid import UUID

import strawberry

from gateway.clients.customers import Customers
from gateway.clients.failures import ServiceFailed
from gateway.context import GatewayContext, Info, at
from gateway.schema import ids
from gateway.schema.customers import TimelineEntry
from gateway.schema.insight_alerts import InsightStreams
from gateway.schema.relay import follows, raw_id
from gateway.schema.routing_live import RoutingStreams
from services.kit.errors import InvalidInput

STEP_S = 2.0
"""Longest time for one look."""
FULL = 100
PATIENCE = 20
"""Looks in a row that may fail before the stream ends with the failure: some seconds, so that a restart of a service goes unnoticed."""


@strawberry.type(description="What can be followed live.")
class Subscription(InsightStreams, RoutingStreams):
    """The root of all streams."""

    @follows("Each new fact of a customer's timeline, as it becomes visible.")
    async def customer_timeline(
        self,
        info: Info,
        customer_id: Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")],
        since_seq: Annotated[
            str | None, strawberry.argument(description="Go on behind this seq after a broken connection; only new facts when left out.")
        ] = None,
    ) -> AsyncGenerator[TimelineEntry, None]:
        """Look again every fraction of a second; the connection ends it, at the latest when the credential does."""
        context = at(info)
        context.need("customers:read")
        client = context.clients.customers
        person = await client.by_id(context.with_time(STEP_S), raw_id(str(customer_id), ids.CUSTOMER))
        seq = await _newest(context, client, person.id) if since_seq is None else _number(since_seq)
        failed = 0
        while True:
            try:
                news = await client.timeline_since(context.with_time(STEP_S), person.id, seq)
                failed = 0
            except ServiceFailed:
                failed += 1
                if failed >= PATIENCE:
                    raise
                news = []
            for entry in news:
                seq = max(seq, entry.seq)
                yield TimelineEntry.of(entry)
            if len(news) < FULL:
                await asyncio.sleep(context.poll_seconds)


async def _newest(context: GatewayContext, client: Customers, customer_id: UUID) -> int:
    """Return the last seq there is: begin behind the newest entries, then pass over what arrived late."""
    page = await client.timeline(context.with_time(STEP_S), customer_id, FULL, None, [])
    seq = max((entry.seq for entry in page.items), default=0)
    while late := await client.timeline_since(context.with_time(STEP_S), customer_id, seq):
        seq = late[-1].seq
    return seq


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004  fits 63 bits
        raise InvalidInput("`sinceSeq` must be the seq of an entry.", pointer="/since_seq")
    return int(text)
