"""What can be asked of insight beside single figures, drivers and initiatives; every question takes the same slice."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.clients.service import Query
from gateway.context import GatewayContext, Info, at
from gateway.schema import ids
from gateway.schema.asking import or_none, paged, texts
from gateway.schema.insight import CycleHealth
from gateway.schema.insight_adjusted import AdjustedFunnel
from gateway.schema.insight_figures import (
    Chart,
    Funnel,
    KeyDrivers,
    MetricDefinition,
    Overview,
    Repeats,
    ResponseBias,
    Trend,
    Triangulation,
)
from gateway.schema.insight_loop import (
    BusinessCase,
    ChargeBack,
    ContactsAvoided,
    Dispute,
    Process,
    PulseReport,
    QualityReport,
    Savings,
    Statement,
    TeamLag,
)
from gateway.schema.nested import nested
from gateway.schema.relay import After, Connection, First, computed, page_from, raw_id

From = Annotated[datetime | None, strawberry.argument(name="from", description="First moment of the period; 30 days before `to` when left out.")]
To = Annotated[datetime | None, strawberry.argument(description="First moment after the period; now when left out.")]

SCOPE = "insight:read"
AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
Key = Annotated[str, strawberry.argument(description="The key.")]
Figure = Annotated[str, strawberry.argument(description="csat, dsat, ces or resolution.")]
By = Annotated[str, strawberry.argument(description="site, vendor or team.")]
ByAll = Annotated[str, strawberry.argument(description="site, vendor, team, or agent for those who run teams (adjusted alone).")]
Mix = Annotated[list[str] | None, strawberry.argument(description="driver, product, segment, queue, topic, language, mode; the first three.")]
Week = Annotated[str, strawberry.argument(description="ISO year and week that is over, such as 2026-W47.")]
Minutes = Annotated[float, strawberry.argument(description="Minutes saved on a contact.")]
Number = Annotated[float | None, strawberry.argument(description="Measured by the driver when left out.")]
Driver = Annotated[str | None, strawberry.argument(description="The driver whose contacts are counted.")]
Share = Annotated[float, strawberry.argument(description="A share from 0 to 1.")]
Amount = Annotated[float, strawberry.argument(description="A number a year, or a price.")]
Days = Annotated[int, strawberry.argument(description="How long after a contact another one counts, 1 to 90 days.")]
Team = Annotated[str | None, strawberry.argument(description="Only this team.")]
Department = Annotated[str | None, strawberry.argument(description="Only of this department.")]
State = Annotated[str | None, strawberry.argument(description="Only in this state.")]
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


def _asked(info: Info) -> GatewayContext:
    context = at(info)
    context.need(SCOPE)
    return context


@strawberry.type(description="What insight can be asked.")
class InsightQuery:
    """Questions to insight."""

    @computed("What every figure means.")
    async def metric_definitions(self, info: Info) -> list[MetricDefinition] | None:
        """Ask insight."""
        context = _asked(info)
        return [nested(MetricDefinition, one) for one in await context.clients.insight.definitions(context.caller)]

    @computed("The overview: eight figures beside those of the comparison period, four series, Pareto, funnel.")
    async def overview(self, info: Info, slice: Slice = None) -> Overview | None:
        """Ask insight."""
        context = _asked(info)
        return nested(Overview, await context.clients.insight.overview(context.caller, query_of(slice)))

    @computed("Sites, vendors or teams against the whole; null for a figure that is not a share.")
    async def places(self, info: Info, metric: Figure, by: By = "site", slice: Slice = None) -> Funnel | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.places(context.caller, metric, query_of(slice, by=by)))
        return None if found is None else nested(Funnel, found)

    @computed("Sites, vendors, teams or agents as if all had the same mix of cases; null for a figure that is not a share.")
    async def adjusted_places(self, info: Info, metric: Figure, by: ByAll = "site", mix: Mix = None, slice: Slice = None) -> AdjustedFunnel | None:
        """Ask insight."""
        context = _asked(info)
        query = {**query_of(slice, by=by), "mix": mix}
        found = await or_none(context.clients.insight.adjusted_places(context.caller, metric, query))
        return None if found is None else nested(AdjustedFunnel, found)

    @computed("Whether a share changed within the period, and when; null for a figure that is not a share.")
    async def trend(self, info: Info, metric: Figure, false_alarm_rate: Rate = 0.05, slice: Slice = None) -> Trend | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.trend(context.caller, metric, query_of(slice, false_alarm_rate=false_alarm_rate)))
        return None if found is None else nested(Trend, found)

    @computed("What moves satisfaction, most urgent first.")
    async def key_drivers(self, info: Info, slice: Slice = None) -> KeyDrivers | None:
        """Ask insight."""
        context = _asked(info)
        return nested(KeyDrivers, await context.clients.insight.key_drivers(context.caller, query_of(slice)))

    @computed("How many come back about the same thing, and first-contact resolution.")
    async def repeats(self, info: Info, window_days: Days = 7, slice: Slice = None) -> Repeats | None:
        """Ask insight."""
        context = _asked(info)
        return nested(Repeats, await context.clients.insight.repeats(context.caller, query_of(slice, window_days=window_days)))

    @computed("What surveys, reviews, contact notes and operations say of each driver, and whether they agree.")
    async def triangulation(self, info: Info, slice: Slice = None) -> list[Triangulation] | None:
        """Ask insight."""
        context = _asked(info)
        return [nested(Triangulation, one) for one in await context.clients.insight.triangulation(context.caller, query_of(slice))]

    @computed("Who answered, of those who were asked, and satisfaction weighted for it.")
    async def response_bias(self, info: Info, slice: Slice = None) -> ResponseBias | None:
        """Ask insight."""
        context = _asked(info)
        return nested(ResponseBias, await context.clients.insight.response_bias(context.caller, query_of(slice)))

    @computed("A chart as SVG with the table of what it shows.")
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
        context = _asked(info)
        query = {**query_of(slice, metric=metric, by=by, goal=goal, language=language), "mix": mix}
        found = await or_none(context.clients.insight.chart(context.caller, name, query))
        return None if found is None else nested(Chart, found)

    @computed("A process as SVG; null when there is none of that key.")
    async def process_chart(self, info: Info, key: Key, language: Tongue = "en", slice: Slice = None) -> Chart | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.process_chart(context.caller, key, query_of(slice, language=language)))
        return None if found is None else nested(Chart, found)

    @computed("Where the cycle of listening and acting is broken.")
    async def cycle_health(self, info: Info, start: From = None, to: To = None) -> CycleHealth | None:
        """Ask insight."""
        context = at(info)
        context.need("insight:read")
        return CycleHealth.of(await context.clients.insight.cycle_health(context.caller, texts(to=to, **{"from": start})))


@strawberry.type(description="What insight can be asked about money, processes and people.")
class InsightLoopQuery:
    """Questions to insight about the loop."""

    @computed("What every department is charged for the contacts that it caused.")
    async def charge_back(self, info: Info, slice: Slice = None) -> ChargeBack | None:
        """Ask insight."""
        context = _asked(info)
        return nested(ChargeBack, await context.clients.insight.charge_back(context.caller, query_of(slice)))

    @computed("What a department is charged, to the contact; null for a department that nobody knows.")
    async def statement(self, info: Info, department: Key, first: First, after: After = None, slice: Slice = None) -> Statement | None:
        """Ask insight."""
        context, page = paged(info, SCOPE, first, after)
        taken = {name: value for name, value in query_of(slice).items() if name != "department"}
        found = await or_none(context.clients.insight.statement(context.caller, department, {**page, **taken}))
        return None if found is None else nested(Statement, found)

    @computed("Disputes, newest first.")
    async def disputes(
        self, info: Info, first: First, after: After = None, department: Department = None, state: State = None
    ) -> Connection[Dispute] | None:
        """Ask insight."""
        context, query = paged(info, SCOPE, first, after, department=department, state=state)
        page = await context.clients.insight.disputes(context.caller, query)
        return page_from(page.items, page.next_cursor, after, lambda one: nested(Dispute, one, uid=one.id, steps=None))

    @computed("One dispute with its history; null when there is none.")
    async def dispute(self, info: Info, id: AnyId) -> Dispute | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.dispute(context.caller, str(id)))
        return None if found is None else nested(Dispute, found, uid=found.id)

    @computed("Minutes x volume x hourly cost.")
    async def business_case(
        self, info: Info, minutes_saved: Minutes, contacts_a_year: Number = None, per_hour: Number = None, driver: Driver = None, slice: Slice = None
    ) -> BusinessCase | None:
        """Ask insight."""
        context = _asked(info)
        query = query_of(slice, minutes_saved=minutes_saved, contacts_a_year=contacts_a_year, per_hour=per_hour, driver=driver)
        return nested(BusinessCase, await context.clients.insight.business_case(context.caller, query))

    @computed("What a gain in resolution does to a year's contacts.")
    async def contacts_avoided(
        self, info: Info, resolution_before: Share, resolution_after: Share, call_back: Share, contacts: Amount, per_contact: Amount
    ) -> ContactsAvoided | None:
        """Ask insight."""
        context = _asked(info)
        shares = {"resolution_before": resolution_before, "resolution_after": resolution_after, "call_back": call_back}
        query = texts(**shares, contacts=contacts, per_contact=per_contact)
        return nested(ContactsAvoided, await context.clients.insight.contacts_avoided(context.caller, query))

    @computed("What an initiative should have saved, beside what happened; null when there is none.")
    async def initiative_savings(self, info: Info, id: AnyId, call_back: Share = 0.7) -> Savings | None:
        """Ask insight."""
        context = _asked(info)
        which = raw_id(str(id), ids.INITIATIVE)
        found = await or_none(context.clients.insight.savings(context.caller, which, texts(call_back=call_back)))
        return None if found is None else nested(Savings, found)

    @computed("A process with contacts, cost, waiting and repeats of each step; null when there is none of that key.")
    async def process(self, info: Info, key: Key, slice: Slice = None) -> Process | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.process(context.caller, key, query_of(slice)))
        return None if found is None else nested(Process, found)

    @computed("What quality reviews found; null when there is no such form.")
    async def quality_report(self, info: Info, form: Key, slice: Slice = None) -> QualityReport | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.quality_report(context.caller, form, query_of(slice)))
        return None if found is None else nested(QualityReport, found)

    @computed("Topics that a team resolves less often than all others do, open ones first.")
    async def team_lags(self, info: Info, team: Team = None) -> list[TeamLag] | None:
        """Ask insight."""
        context = _asked(info)
        page = await context.clients.insight.training_needs(context.caller, texts(team=team))
        return [nested(TeamLag, one, uid=one.id) for one in page.items]

    @computed("A week of an employees' pulse that is over: only groups that expose nobody. Null when nobody answered.")
    async def pulse_report(self, info: Info, key: Key, week: Week) -> PulseReport | None:
        """Ask insight."""
        context = _asked(info)
        found = await or_none(context.clients.insight.pulse_report(context.caller, key, week))
        return None if found is None else nested(PulseReport, found)
