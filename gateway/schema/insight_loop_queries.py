"""What can be asked of insight about money, processes and people; most questions take the same slice as figures do."""

from datetime import datetime
from typing import Annotated

import strawberry

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.asking import or_none, paged, texts
from gateway.schema.insight_loop import Process, PulseReport, QualityReport, TeamLag, TrainingGaps
from gateway.schema.insight_money import BusinessCase, ChargeBack, ContactsAvoided, Dispute, DisputeSummary, Savings, Statement
from gateway.schema.insight_queries import SCOPE, Slice, listed, query_of
from gateway.schema.nested import nested
from gateway.schema.relay import After, Connection, First, computed, page_from, raw_id

AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
Key = Annotated[str, strawberry.argument(description="The key.")]
Week = Annotated[str, strawberry.argument(description="ISO year and week that is over, such as 2026-W47.")]
CompareWeek = Annotated[str | None, strawberry.argument(description="A week to compare with; the last released one before when left out.")]
Minutes = Annotated[float, strawberry.argument(description="Minutes saved on a contact.")]
Number = Annotated[float | None, strawberry.argument(description="Measured by the driver when left out.")]
Driver = Annotated[str | None, strawberry.argument(description="The driver whose contacts are counted.")]
Share = Annotated[float, strawberry.argument(description="A share from 0 to 1.")]
Amount = Annotated[float, strawberry.argument(description="A number a year, or a price.")]
Team = Annotated[str | None, strawberry.argument(description="Only this team.")]
Department = Annotated[str | None, strawberry.argument(description="Only of this department.")]
State = Annotated[str | None, strawberry.argument(description="Only in this state.")]
Since = Annotated[datetime | None, strawberry.argument(name="from", description="Only what was found from then on.")]
Until = Annotated[datetime | None, strawberry.argument(name="to", description="Only what was found before it.")]
MOST = 100


@strawberry.type(description="What insight can be asked about money, processes and people.")
class InsightLoopQuery:
    """Questions to insight about the loop."""

    @computed("What every department is charged for the contacts that it caused.", scope=SCOPE)
    async def charge_back(self, info: Info, slice: Slice = None) -> ChargeBack | None:
        """Ask insight."""
        context = at(info)
        return nested(ChargeBack, await context.clients.insight.charge_back(context.caller, query_of(slice)))

    @computed("What a department is charged, to the contact; null for a department that nobody knows.", scope=SCOPE)
    async def statement(self, info: Info, department: Key, first: First, after: After = None, slice: Slice = None) -> Statement | None:
        """Ask insight."""
        context, page = paged(info, first, after)
        taken = {name: value for name, value in query_of(slice).items() if name != "department"}
        found = await or_none(context.clients.insight.statement(context.caller, department, {**page, **taken}))
        return None if found is None else nested(Statement, found)

    @computed("Disputes by when they were raised, newest first; without a slice all of them.", scope=SCOPE)
    async def disputes(
        self, info: Info, first: First, after: After = None, department: Department = None, state: State = None, slice: Slice = None
    ) -> Connection[Dispute] | None:  # fmt: skip
        """Ask insight; a list has nothing to be compared with."""
        context, query = paged(info, first, after, department=department, state=state)
        page = await context.clients.insight.disputes(context.caller, {**listed(slice), **query})
        return page_from(page.items, page.next_cursor, after, lambda one: nested(Dispute, one, uid=one.id, steps=None))

    @computed("How many charges were disputed in a period, and what came of it.", scope=SCOPE)
    async def dispute_summary(self, info: Info, department: Department = None, slice: Slice = None) -> DisputeSummary | None:
        """Ask insight."""
        context = at(info)
        query = {**query_of(slice), **({} if department is None else {"department": department})}
        return nested(DisputeSummary, await context.clients.insight.dispute_summary(context.caller, query))

    @computed("One dispute with its history; null when there is none.", scope=SCOPE)
    async def dispute(self, info: Info, id: AnyId) -> Dispute | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.dispute(context.caller, str(id)))
        return None if found is None else nested(Dispute, found, uid=found.id)

    @computed("Minutes x volume x hourly cost.", scope=SCOPE)
    async def business_case(
        self, info: Info, minutes_saved: Minutes, contacts_a_year: Number = None, per_hour: Number = None, driver: Driver = None, slice: Slice = None
    ) -> BusinessCase | None:
        """Ask insight."""
        context = at(info)
        query = query_of(slice, minutes_saved=minutes_saved, contacts_a_year=contacts_a_year, per_hour=per_hour, driver=driver)
        return nested(BusinessCase, await context.clients.insight.business_case(context.caller, query))

    @computed("What a gain in resolution does to a year's contacts.", scope=SCOPE)
    async def contacts_avoided(
        self, info: Info, resolution_before: Share, resolution_after: Share, call_back: Share, contacts: Amount, per_contact: Amount
    ) -> ContactsAvoided | None:
        """Ask insight."""
        context = at(info)
        shares = {"resolution_before": resolution_before, "resolution_after": resolution_after, "call_back": call_back}
        query = texts(**shares, contacts=contacts, per_contact=per_contact)
        return nested(ContactsAvoided, await context.clients.insight.contacts_avoided(context.caller, query))

    @computed("What an initiative should have saved, beside what happened; null when there is none.", scope=SCOPE)
    async def initiative_savings(self, info: Info, id: AnyId, call_back: Share = 0.7) -> Savings | None:
        """Ask insight."""
        context = at(info)
        which = raw_id(str(id), ids.INITIATIVE)
        found = await or_none(context.clients.insight.savings(context.caller, which, texts(call_back=call_back)))
        return None if found is None else nested(Savings, found)

    @computed("A process with contacts, cost, waiting and repeats of each step; null when there is none of that key.", scope=SCOPE)
    async def process(self, info: Info, key: Key, slice: Slice = None) -> Process | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.process(context.caller, key, query_of(slice)))
        return None if found is None else nested(Process, found)

    @computed("What quality reviews found; null when there is no such form.", scope=SCOPE)
    async def quality_report(self, info: Info, form: Key, slice: Slice = None) -> QualityReport | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.quality_report(context.caller, form, query_of(slice)))
        return None if found is None else nested(QualityReport, found)

    @computed(
        "What the daily looks found a team to resolve less often than all others do, by when it was found; at most 100, open ones first.", scope=SCOPE
    )
    async def team_lags(
        self, info: Info, team: Team = None, state: State = None, since: Since = None, until: Until = None
    ) -> list[TeamLag] | None:  # fmt: skip
        """Ask insight."""
        context = at(info)
        query = texts(team=team, state=state, to=until, limit=MOST, **{"from": since})
        page = await context.clients.insight.training_needs(context.caller, query)
        return [nested(TeamLag, one, uid=one.id) for one in page.items]

    @computed("Each team against all others on each topic over a period, beside the comparison period.", scope=SCOPE)
    async def training_gaps(self, info: Info, team: Team = None, slice: Slice = None) -> TrainingGaps | None:
        """Ask insight; a team in the slice is the one that is asked about."""
        context = at(info)
        query = {**query_of(slice), **({} if team is None else {"team": team})}
        return nested(TrainingGaps, await context.clients.insight.training_gaps(context.caller, query))

    @computed("A week of an employees' pulse that is over: only groups that expose nobody. Null when nobody answered.", scope=SCOPE)
    async def pulse_report(self, info: Info, key: Key, week: Week, compare_week: CompareWeek = None) -> PulseReport | None:
        """Ask insight."""
        context = at(info)
        found = await or_none(context.clients.insight.pulse_report(context.caller, key, texts(week=week, compare_week=compare_week)))
        return None if found is None else nested(PulseReport, found)
