"""Shifts as a plan: who is planned when, whether it was kept, and who will be missing."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema.asking import or_none, paged, texts
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_from
from gateway.schema.routing_load import AgentLoad
from services.routing import contract

AgentName = Annotated[str, strawberry.argument(description="The agent's id in the installation's own system.")]
Begin = Annotated[datetime, strawberry.argument(name="from", description="First moment.")]
Until = Annotated[datetime, strawberry.argument(description="First moment behind it.")]


@strawberry.type(description="An agent as routing knows them.")
class DeskAgent:
    """An agent at the desk."""

    uid: UUID = strawberry.field(description="The id in REST.")
    external_id: str = strawberry.field(description="The id in the installation's own system.")
    name: str = strawberry.field(description="The name.")
    activity: str = strawberry.field(description="available, break, training, away or offline.")
    plan_counts: bool = strawberry.field(description="Whether shifts as planned keep offers away.")
    planned: str = strawberry.field(description="What the plan says now: none (there is none), work, break or off.")
    shift_ends_at: datetime | None = strawberry.field(description="End of the present shift; null while there is none.")
    load: AgentLoad | None = strawberry.field(description="What is carried at once over all channels; null: only the maxima by channel count.")
    skills: JSON = strawberry.field(description="Level by skill; languages as lang:xx.")
    changed_at: datetime = strawberry.field(description="When anything of this changed last.")

    @classmethod
    def of(cls, view: contract.AgentView) -> "DeskAgent":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id, load=AgentLoad.of(view.load))


@strawberry.type(description="A planned shift, as it was said.")
class AgentShift:
    """A shift."""

    agent: str = strawberry.field(description="The agent's id in the installation's own system.")
    key: str = strawberry.field(description="The shift's own key among those of the agent.")
    version: int = strawberry.field(description="Grows with each change.")
    weekly: JSON | None = strawberry.field(description="weekdays (0 is Monday), local starts and ends, days and breaks; null for a dated shift.")
    dated: JSON | None = strawberry.field(description="starts_at, ends_at and breaks; null for a weekly shift.")
    time_zone: str | None = strawberry.field(description="IANA zone of local times; null for the agent's.")
    changed_at: datetime = strawberry.field(description="When it was said.")

    @classmethod
    def of(cls, view: contract.ShiftView) -> "AgentShift":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="Planned against actual, in seconds.")
class AgentAdherence:
    """Adherence."""

    agent: str = strawberry.field(description="The agent's id in the installation's own system.")
    begins_at: datetime = strawberry.field(description="From when on it is known.")
    ends_at: datetime = strawberry.field(description="Until when it was looked at.")
    planned_work_s: float = strawberry.field(description="Planned work.")
    worked_s: float = strawberry.field(description="Of it, available or in training.")
    planned_break_s: float = strawberry.field(description="Planned breaks.")
    rested_s: float = strawberry.field(description="Of them, not at work.")
    unplanned_s: float = strawberry.field(description="At work outside of any shift.")
    share: float | None = strawberry.field(description="What was kept, of all that was planned; null where nothing was.")

    @classmethod
    def of(cls, view: contract.AdherenceView) -> "AgentAdherence":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="One interval of a staffing plan.")
class PlannedInterval:
    """An interval."""

    begins_at: datetime = strawberry.field(description="First moment.")
    ends_at: datetime = strawberry.field(description="First moment behind it.")
    arrivals_expected: float = strawberry.field(description="Contacts, as in the same local hours of the last weeks.")
    agents_needed: int = strawberry.field(description="The fewest who keep the promise (Erlang-A).")
    agents_planned: float = strawberry.field(description="Planned work with the queue's skills, over the length of the interval.")
    gap: float = strawberry.field(description="Planned less needed; negative where people are missing.")
    expected_service_level: float = strawberry.field(description="With as many as are planned.")


@strawberry.type(description="Planned against needed agents, interval by interval.")
class QueueStaffingPlan:
    """A staffing plan."""

    queue: str = strawberry.field(description="Its key.")
    as_of: datetime = strawberry.field(description="When this was so.")
    weeks: int = strawberry.field(description="From how many weeks arrivals are expected; 0 when the queue is too young.")
    handle_seconds: float = strawberry.field(description="Mean talk and wrap-up.")
    patience_seconds: float = strawberry.field(description="Mean patience of who waits.")
    sla_share: float = strawberry.field(description="The share that was promised.")
    sla_seconds: int = strawberry.field(description="What in time means.")
    intervals: list[PlannedInterval] = strawberry.field(description="In order.")

    @classmethod
    def of(cls, view: contract.StaffingPlanView) -> "QueueStaffingPlan":
        """Build it from the view."""
        return nested(cls, view)


@strawberry.input(description="A break in local time.")
class ClockBreakInput:
    """A break of a weekly shift."""

    starts: str = strawberry.field(description="HH:MM.")
    ends: str = strawberry.field(description="HH:MM.")


@strawberry.input(description="A shift of every week, in local time.")
class WeeklyShiftInput:
    """A weekly shift."""

    weekdays: list[int] = strawberry.field(description="0 is Monday.")
    starts: str = strawberry.field(description="HH:MM.")
    ends: str = strawberry.field(description="HH:MM; at or before `starts` it is on the next day.")
    first_day: date = strawberry.field(description="The first local day.")
    last_day: date | None = strawberry.field(default=None, description="The last; null: until it is changed.")
    except_days: list[date] | None = strawberry.field(default=None, description="Local days on which it does not begin.")
    breaks: list[ClockBreakInput] | None = strawberry.field(default=None, description="Its breaks, one after the other.")


@strawberry.input(description="A break between two moments.")
class MomentBreakInput:
    """A break of a dated shift."""

    starts_at: datetime = strawberry.field(description="First moment.")
    ends_at: datetime = strawberry.field(description="First moment behind it.")


@strawberry.input(description="One shift between two moments.")
class DatedShiftInput:
    """A dated shift."""

    starts_at: datetime = strawberry.field(description="First moment.")
    ends_at: datetime = strawberry.field(description="First moment behind it, at most 24 hours later.")
    breaks: list[MomentBreakInput] | None = strawberry.field(default=None, description="Its breaks, one after the other.")


@strawberry.input(description="A shift: either weekly or dated.")
class ShiftInput:
    """See PUT /routing/v1/agents/{external_id}/shifts/{key}."""

    weekly: WeeklyShiftInput | None = strawberry.field(default=None, description="Every week.")
    dated: DatedShiftInput | None = strawberry.field(default=None, description="Once.")
    time_zone: str | None = strawberry.field(default=None, description="IANA zone of local times; the agent's when left out.")


@strawberry.type
class RoutingPlanQueries:
    """What can be asked of the plan."""

    @computed("Planned shifts by agent and key.", scope="routing:read")
    async def agent_shifts(
        self,
        info: Info,
        first: First,
        after: After = None,
        agent: Annotated[str | None, strawberry.argument(description="Only of this agent.")] = None,
    ) -> Connection[AgentShift] | None:
        """Ask routing."""
        context, query = paged(info, first, after, agent=agent)
        page = await context.clients.routing.shifts(context.caller, query)
        return page_from(page.items, page.next_cursor, after, AgentShift.of)

    @computed("What was planned of an agent, and what was done. Null when there is no such agent.", scope="routing:admin")
    async def agent_adherence(
        self,
        info: Info,
        agent: AgentName,
        begin: Begin,
        until: Annotated[datetime | None, strawberry.argument(description="First moment behind it; now when left out.")] = None,
    ) -> AgentAdherence | None:
        """Ask routing."""
        context = at(info)
        query = texts(**{"from": begin, "until": until})
        found = await or_none(context.clients.routing.adherence(context.caller, agent, query))
        return None if found is None else AgentAdherence.of(found)

    @computed("How many agents are planned and how many are needed. Null when there is no such queue.", scope="routing:read")
    async def queue_staffing_plan(
        self,
        info: Info,
        queue: Annotated[str, strawberry.argument(description="Key of the queue.")],
        begin: Begin,
        until: Until,
        interval_minutes: Annotated[int, strawberry.argument(description="Length of an interval, from 5 minutes to a day.")] = 30,
    ) -> QueueStaffingPlan | None:
        """Ask routing."""
        context = at(info)
        query = texts(**{"from": begin, "until": until, "interval_minutes": interval_minutes})
        found = await or_none(context.clients.routing.staffing_plan(context.caller, queue, query))
        return None if found is None else QueueStaffingPlan.of(found)


ShiftKey = Annotated[str, strawberry.argument(description="The shift's own key among those of the agent.")]


@strawberry.type
class RoutingPlanMutations:
    """How a plan is made."""

    @changes("Create or replace a planned shift; it counts at once.")
    async def put_agent_shift(
        self,
        info: Info,
        agent: AgentName,
        key: ShiftKey,
        input: Annotated[ShiftInput, strawberry.argument(description="The shift.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[AgentShift]:
        """Tell routing."""
        context = at(info)
        return await performed(lambda: context.clients.routing.put_shift(context.caller, agent, key, body_of(input), idempotency_key), AgentShift.of)

    @changes("Forget a planned shift. The entity is the agent as they stand now.")
    async def remove_agent_shift(self, info: Info, agent: AgentName, key: ShiftKey, idempotency_key: IdempotencyKey = None) -> Payload[DeskAgent]:
        """Tell routing."""
        context = at(info)
        return await performed(lambda: context.clients.routing.remove_shift(context.caller, agent, key, idempotency_key), DeskAgent.of)
