"""Single figures, and what drives contacts; narrowed by single filters, or by the slice that every question to insight takes."""

from typing import Annotated

import strawberry

from gateway.clients.service import Query
from gateway.context import Info, at
from gateway.schema.asking import or_none, paged, texts
from gateway.schema.insight import Driver, Metric
from gateway.schema.insight_queries import SCOPE, From, Slice, To, query_of
from gateway.schema.relay import After, Connection, First, computed, page_from
from gateway.schema.selection import selection

Site = Annotated[str | None, strawberry.argument(description="Only this site.")]
Vendor = Annotated[str | None, strawberry.argument(description="Only this vendor.")]
Department = Annotated[str | None, strawberry.argument(description="Only what this department caused.")]
Cause = Annotated[str | None, strawberry.argument(description="Only about this driver.")]
Name = Annotated[str, strawberry.argument(description="csat, dsat, nps, ces or resolution.")]


def _narrowed(slice: Slice, single: Query) -> Query:
    """Return the slice with the single filters that were given in its place."""
    return {**query_of(slice), **{name: value for name, value in single.items() if value is not None}}


@strawberry.type(description="Single figures of insight.")
class InsightMetricQuery:
    """A part of the root of all questions."""

    @computed("What drives contacts, dearest first, with its cost and intervals.", scope=SCOPE)
    async def drivers(
        self,
        info: Info,
        first: First,
        after: After = None,
        start: From = None,
        to: To = None,
        site: Site = None,
        vendor: Vendor = None,
        department: Department = None,
        slice: Slice = None,
    ) -> Connection[Driver] | None:
        """Ask insight."""
        context, page = paged(info, first, after)
        single = texts(to=to, site=site, vendor=vendor, department=department, **{"from": start})
        found = await context.clients.insight.drivers(context.caller, {**_narrowed(slice, single), **page})
        return page_from(found.items, found.next_cursor, after, Driver.of)

    @computed("One figure over one slice, with its interval and how far it moved.", scope=SCOPE)
    async def metric(
        self,
        info: Info,
        name: Name,
        start: From = None,
        to: To = None,
        site: Site = None,
        vendor: Vendor = None,
        driver: Cause = None,
        department: Department = None,
        slice: Slice = None,
    ) -> Metric | None:
        """Ask insight."""
        context = at(info)
        single = texts(to=to, site=site, vendor=vendor, driver=driver, department=department, **{"from": start})
        weighted = "true" if "nonResponse" in selection(info, "Metric").below else "false"  # dear: only for who reads it
        found = await or_none(context.clients.insight.metric(context.caller, name, {**_narrowed(slice, single), "non_response": weighted}))
        return None if found is None else Metric.of(found)
