"""What can be asked of insight beside single figures, drivers and initiatives; every question takes the same slice."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.clients.service import Query
from gateway.context import Info, at
from gateway.schema.asking import or_none, texts
from gateway.schema.insight import CycleHealth
from gateway.schema.insight_adjusted import AdjustedFunnel
from gateway.schema.insight_charts import Chart
from gateway.schema.insight_figures import (
    Funnel,
    KeyDrivers,
    MetricDefinition,
    Overview,
    Repeats,
    Trend,
    Triangulation,
)
from gateway.schema.insight_response import ResponseBias
from gateway.schema.nested import nested
from gateway.schema.relay import computed

From = Annotated[datetime | None, strawberry.argument(name="from", description="First moment of the period; 30 days before `to` when left out.")]
To = Annotated[datetime | None, strawberry.argument(description="First moment after the period; now when left out.")]
CompareFrom = Annotated[datetime | None, strawberry.argument(description="First moment of the comparison period; the period before.")]
CompareTo = Annotated[datetime | None, strawberry.argument(description="First moment after the comparison period.")]

SCOPE = "insight:read"
Key = Annotated[str, strawberry.argument(description="The key.")]
Figure = Annotated[str, strawberry.argument(description="csat, dsat, ces or resolution.")]
By = Annotated[str, strawberry.argument(description="site, vendor or team.")]
ByAll = Annotated[str, strawberry.argument(description="site, vendor, team, or agent for those who run teams (adjusted alone).")]
Mix = Annotated[list[str] | None, strawberry.argument(description="driver, product, segment, queue, topic, language, mode; the first three.")]
Days = Annotated[int, strawberry.argument(description="How long after a contact another one counts, 1 to 90 days.")]
ChartName = Annotated[str, strawberry.argument(description="trend, pareto, funnel, adjusted-funnel, key-drivers or cycle-health.")]
Goal = Annotated[float | None, strawberry.argument(description="A line to reach, in the figure's own unit.")]
Tongue = Annotated[str, strawberry.argument(description="In which language: en, zh-Hans, ru, es, pt, fr, de, it, ar or he.")]
Rate = Annotated[float, strawberry.argument(description="How often a period without a change may raise the alarm.")]


@strawberry.input(description="Which part of the business, and when; what is left out does not narrow.")
class InsightSlice:
    """A slice."""

    start: datetime | None = strawberry.field(name="from", default=None, description="First moment of the period; 30 days before `to`.")
    to: datetime | None = strawberry.field(default=None, description="First moment after the period; now.")
    compare_from: datetime | None = strawberry.field(default=None, description="First moment of the comparison period; the period before.")
    compare_to: datetime | None = strawberry.field(default=None, description="First moment after the comparison period.")
    site: str | None = strawberry.field(default=None, description="Only this site.")
    vendor: str | None = strawberry.field(default=None, description="Only this vendor.")
    team: str | None = strawberry.field(default=None, description="Only this team.")
    product: str | None = strawberry.field(default=None, description="Only this product.")
    segment: str | None = strawberry.field(default=None, description="Only this segment of customers.")
    department: str | None = strawberry.field(default=None, description="Only what this department caused.")


Slice = Annotated[InsightSlice | None, strawberry.argument(description="The slice; everything of the last 30 days when left out.")]


def query_of(given: InsightSlice | None, **more: object) -> Query:
    """Return a slice, and what else is asked, as they stand in an address."""
    if given is None:
        return texts(**more)
    named = {"from" if name == "start" else name: value for name, value in vars(given).items()}
    return texts(**named, **more)


LISTED = frozenset({"from", "to", "site", "vendor", "team", "product", "segment"})
"""What a list is kept to: it has no comparison period."""


def listed(given: InsightSlice | None) -> Query:
    """Return the part of a slice that keeps a list to a time and a part of the house, as it stands in an address."""
    return {name: value for name, value in query_of(given).items() if name in LISTED}


@strawberry.type(description="What insight can be asked.")
class InsightQuery:
    """Questions to insight."""

    @computed("What every figure means.", scope=SCOPE)
    async def metric_definitions(self, info: Info) -> list[MetricDefinition] | None:
        """Ask insight."""
        context = at(info)
        return [nested(MetricDefinition, one) for one in await context.clients.insight.definitions(context.caller)]

    @computed("The overview: eight figures beside those of the comparison period, four series, Pareto, funnel.", scope=SCOPE)
    async def overview(self, info: Info, slice: Slice = None) -> Overview | None:
        """Ask insight."""
        context = at(info)
        return nested(Overview, await context.clients.insight.overview(context.caller, query_of(slice)))

    @computed("Sites, vendors or teams against the whole; null for a figure that is not a share.", scope=SCOPE)
    async def places(self, info: Info, metric: Figure, by: By = "site", slice: Slice = None) -> Funnel | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.places(context.caller, metric, query_of(slice, by=by)))
        return None if found is None else nested(Funnel, found)

    @computed("Sites, vendors, teams or agents as if all had the same mix of cases; null for a figure that is not a share.", scope=SCOPE)
    async def adjusted_places(self, info: Info, metric: Figure, by: ByAll = "site", mix: Mix = None, slice: Slice = None) -> AdjustedFunnel | None:
        """Ask insight."""
        context = at(info)
        query = {**query_of(slice, by=by), "mix": mix}
        found = await or_none(context.clients.insight.adjusted_places(context.caller, metric, query))
        return None if found is None else nested(AdjustedFunnel, found)

    @computed("Whether a share changed within the period, and when; null for a figure that is not a share.", scope=SCOPE)
    async def trend(self, info: Info, metric: Figure, false_alarm_rate: Rate = 0.05, slice: Slice = None) -> Trend | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.trend(context.caller, metric, query_of(slice, false_alarm_rate=false_alarm_rate)))
        return None if found is None else nested(Trend, found)

    @computed("What moves satisfaction, most urgent first.", scope=SCOPE)
    async def key_drivers(self, info: Info, slice: Slice = None) -> KeyDrivers | None:
        """Ask insight."""
        context = at(info)
        return nested(KeyDrivers, await context.clients.insight.key_drivers(context.caller, query_of(slice)))

    @computed("How many come back about the same thing, and first-contact resolution.", scope=SCOPE)
    async def repeats(self, info: Info, window_days: Days = 7, slice: Slice = None) -> Repeats | None:
        """Ask insight."""
        context = at(info)
        return nested(Repeats, await context.clients.insight.repeats(context.caller, query_of(slice, window_days=window_days)))

    @computed("What surveys, reviews, contact notes and operations say of each driver, and whether they agree.", scope=SCOPE)
    async def triangulation(self, info: Info, slice: Slice = None) -> list[Triangulation] | None:
        """Ask insight."""
        context = at(info)
        return [nested(Triangulation, one) for one in await context.clients.insight.triangulation(context.caller, query_of(slice))]

    @computed("Who answered, of those who were asked, and satisfaction weighted for it.", scope=SCOPE)
    async def response_bias(self, info: Info, slice: Slice = None) -> ResponseBias | None:
        """Ask insight."""
        context = at(info)
        return nested(ResponseBias, await context.clients.insight.response_bias(context.caller, query_of(slice)))

    @computed("A chart as SVG with the table of what it shows.", scope=SCOPE)
    async def chart(
        self,
        info: Info,
        name: ChartName,
        metric: Annotated[str, strawberry.argument(description="Of a trend or funnel.")] = "csat",
        by: ByAll = "site",
        goal: Goal = None,
        language: Tongue = "en",
        mix: Mix = None,
        slice: Slice = None,
    ) -> Chart | None:
        """Ask insight."""
        context = at(info)
        query = {**query_of(slice, metric=metric, by=by, goal=goal, language=language), "mix": mix}
        found = await or_none(context.clients.insight.chart(context.caller, name, query))
        return None if found is None else nested(Chart, found)

    @computed("A process as SVG; null when there is none of that key.", scope=SCOPE)
    async def process_chart(self, info: Info, key: Key, language: Tongue = "en", slice: Slice = None) -> Chart | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.process_chart(context.caller, key, query_of(slice, language=language)))
        return None if found is None else nested(Chart, found)

    @computed("Where the cycle of listening and acting is broken, in the whole house or in a slice of it.", scope=SCOPE)
    async def cycle_health(
        self, info: Info, start: From = None, to: To = None, compare_from: CompareFrom = None, compare_to: CompareTo = None, slice: Slice = None
    ) -> CycleHealth | None:  # fmt: skip
        """Ask insight; a moment that is named beside the slice goes before the slice's own."""
        context = at(info)
        named = texts(to=to, compare_from=compare_from, compare_to=compare_to, **{"from": start})
        query = {**query_of(slice), **{name: value for name, value in named.items() if value is not None}}
        return CycleHealth.of(await context.clients.insight.cycle_health(context.caller, query))
