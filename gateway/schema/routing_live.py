"""The desk and the wallboard: what routing stands at now, asked once or followed live, and what an agent says at the desk."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.scalars import JSON

from gateway.clients.failures import ServiceFailed
from gateway.context import GatewayContext, Info, at
from gateway.schema import ids
from gateway.schema.asking import or_none
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import changes, computed, follows, mapped, raw_id
from gateway.schema.routing import AgentOffer, Contact, Reservation
from gateway.schema.routing_escalations import EscalationMutations, EscalationQueries
from gateway.schema.routing_load import AgentLoadInput, load_body
from gateway.schema.routing_plan import AgentName, DeskAgent, RoutingPlanMutations, RoutingPlanQueries
from services.kit.errors import InvalidInput
from services.routing import contract

STEP_S = 2.0
"""Longest time for one look."""
PATIENCE = 20
"""Looks in a row that may fail before the stream ends with the failure."""
REFRESH_LOOKS = 20
"""A wallboard shows waits, which grow by themselves: it is told again after so many looks without a change."""
MOST_QUEUES = 50

V = TypeVar("V")
QueueKeys = Annotated[list[str], strawberry.argument(description="Keys of the queues, at most 50.")]
AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]


@strawberry.type(description="A queue at this moment.")
class QueueState:
    """How a queue stands."""

    queue: str = strawberry.field(description="Its key.")
    as_of: datetime = strawberry.field(description="When this was so.")
    waiting: int = strawberry.field(description="Contacts that wait.")
    offered: int = strawberry.field(description="Contacts that an agent is asked to take.")
    connected: int = strawberry.field(description="Contacts in talk.")
    longest_wait_seconds: float = strawberry.field(description="How long the oldest has waited.")
    service_level: float = strawberry.field(description="Share answered in time, of the last contacts.")
    sla_share: float = strawberry.field(description="The share that was promised.")
    sla_seconds: int = strawberry.field(description="What in time means.")
    agents: JSON = strawberry.field(description="Agents with the skills, by activity.")
    agents_free: int = strawberry.field(description="Of the available, who has a free place.")

    @classmethod
    def of(cls, view: contract.QueueStateView) -> "QueueState":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="How many agents a queue needs now (Erlang-A), by the arrivals of the last hour.")
class QueueStaffing:
    """A staffing hint."""

    queue: str = strawberry.field(description="Its key.")
    as_of: datetime = strawberry.field(description="When this was so.")
    arrivals_per_hour: float = strawberry.field(description="Contacts of the last hour.")
    handle_seconds: float = strawberry.field(description="Mean talk and wrap-up.")
    patience_seconds: float = strawberry.field(description="Mean patience of who waits.")
    sla_share: float = strawberry.field(description="The share that was promised.")
    sla_seconds: int = strawberry.field(description="What in time means.")
    agents_on_shift: int = strawberry.field(description="Available agents with the skills.")
    agents_needed: int = strawberry.field(description="The fewest who keep the promise.")
    expected_service_level: float = strawberry.field(description="What those on shift come to, in the long run.")
    expected_abandonment: float = strawberry.field(description="Share who give up.")
    expected_occupancy: float = strawberry.field(description="Share of time at work.")

    @classmethod
    def of(cls, view: contract.StaffingView) -> "QueueStaffing":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type
class RoutingQueries(EscalationQueries, RoutingPlanQueries):
    """What can be asked of routing's present."""

    @computed("Queues at this moment, in the order asked for.", scope="routing:read")
    async def queue_states(self, info: Info, queues: QueueKeys) -> list[QueueState] | None:
        """Ask routing."""
        context = at(info)
        return [QueueState.of(view) for view in await _states(context, _few(queues))]

    @computed("How many agents a queue needs now.", scope="routing:read")
    async def queue_staffing(self, info: Info, queue: Annotated[str, strawberry.argument(description="Key of the queue.")]) -> QueueStaffing | None:
        """Ask routing."""
        context = at(info)
        return QueueStaffing.of(await context.clients.routing.staffing(context.caller, queue))

    @computed("An agent at this moment, with skills, plan and load; null where there is none.", scope="routing:read")
    async def desk_agent(self, info: Info, agent: AgentName) -> DeskAgent | None:
        """Ask routing."""
        context = at(info)
        found = await or_none(context.clients.routing.agent(context.caller, agent))
        return None if found is None else DeskAgent.of(found)


@strawberry.type
class RoutingMutations(EscalationMutations, RoutingPlanMutations):
    """What is said at the desk."""

    @changes("Start, pause or go; open offers of who goes are given to somebody else.")
    async def set_agent_activity(
        self,
        info: Info,
        agent: AgentName,
        activity: Annotated[str, strawberry.argument(description="available, break, training, away or offline.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[DeskAgent]:
        """Tell routing."""
        context = at(info)
        return await performed(lambda: context.clients.routing.activity(context.caller, agent, {"activity": activity}, idempotency_key), DeskAgent.of)

    @changes("Say what contacts cost an agent, how much is carried at once, and what may interrupt what; it counts from now on.")
    async def put_agent_load(
        self,
        info: Info,
        agent: AgentName,
        input: Annotated[AgentLoadInput, strawberry.argument(description="The load.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[DeskAgent]:
        """Tell routing."""
        context = at(info)
        return await performed(lambda: context.clients.routing.put_load(context.caller, agent, load_body(input), idempotency_key), DeskAgent.of)

    @changes("Finish the wrap-up before its time is over.")
    async def complete_reservation(self, info: Info, id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[Reservation]:
        """Tell routing."""
        context, reservation = at(info), raw_id(str(id), ids.RESERVATION)
        return await performed(lambda: context.clients.routing.answer(context.caller, reservation, "complete", {}, idempotency_key), Reservation.of)

    @changes("The customer left before an agent answered.")
    async def abandon_contact(self, info: Info, id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[Contact]:
        """Tell routing."""
        context, contact = at(info), raw_id(str(id), ids.CONTACT)
        return await performed(lambda: context.clients.routing.contact_verb(context.caller, contact, "abandon", {}, idempotency_key), Contact.of)

    @changes("Move an open contact to another queue, or back to its own, with its age.")
    async def transfer_contact(
        self,
        info: Info,
        id: AnyId,
        reason: Annotated[str, strawberry.argument(description="Why.")],
        queue: Annotated[str | None, strawberry.argument(description="Where to; its own queue when left out.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Contact]:
        """Tell routing."""
        context, contact = at(info), raw_id(str(id), ids.CONTACT)
        body: dict[str, Any] = {"reason": reason} | ({"queue": queue} if queue is not None else {})
        return await performed(lambda: context.clients.routing.contact_verb(context.caller, contact, "transfer", body, idempotency_key), Contact.of)


@strawberry.type
class RoutingStreams:
    """What can be followed of routing."""

    @follows("The desk: everything that an agent is asked to take, told again whenever it changes.")
    async def agent_desk(self, info: Info, agent: AgentName) -> AsyncGenerator[list[AgentOffer], None]:
        """Look again every fraction of a second."""
        context = at(info)
        context.need("routing:read")

        async def look() -> list[contract.OfferView]:
            return await context.clients.routing.offers(context.with_time(STEP_S), agent)

        async for offers in changing(context, look, lambda offers: [offer.reservation.id for offer in offers], refresh=None):
            yield [AgentOffer.of(offer) for offer in offers]

    @follows("The wallboard: queues, told again whenever anything but a wait changes, and every few seconds.")
    async def wallboard(self, info: Info, queues: QueueKeys) -> AsyncGenerator[list[QueueState], None]:
        """Look again every fraction of a second."""
        context = at(info)
        context.need("routing:read")
        keys = _few(queues)

        async def look() -> list[contract.QueueStateView]:
            return await _states(context, keys, STEP_S)

        def shown(states: list[contract.QueueStateView]) -> list[Any]:
            return [state.model_dump(exclude={"as_of", "longest_wait_seconds"}) for state in states]

        async for states in changing(context, look, shown, refresh=REFRESH_LOOKS):
            yield [QueueState.of(state) for state in states]


async def changing(
    context: GatewayContext, look: Callable[[], Awaitable[V]], shown: Callable[[V], Any], *, refresh: int | None
) -> AsyncGenerator[V, None]:
    """Yield what is seen whenever what is shown of it changes; a service that restarts goes unnoticed."""
    before: Any = None
    first, quiet, failed = True, 0, 0
    while True:
        try:
            seen = await look()
            failed = 0
        except ServiceFailed:
            failed += 1
            if first or failed >= PATIENCE:
                raise
        else:
            now, quiet = shown(seen), quiet + 1
            if first or now != before or (refresh is not None and quiet >= refresh):
                before, first, quiet = now, False, 0
                yield seen
        await asyncio.sleep(context.poll_seconds)


async def _states(context: GatewayContext, keys: list[str], seconds: float | None = None) -> list[contract.QueueStateView]:
    caller = context.caller if seconds is None else context.with_time(seconds)
    return list(await asyncio.gather(*(context.clients.routing.queue_state(caller, key) for key in keys)))


def _few(queues: list[str]) -> list[str]:
    if not 1 <= len(queues) <= MOST_QUEUES:
        raise InvalidInput(f"Name between 1 and {MOST_QUEUES} queues.", pointer="/queues")
    return queues
