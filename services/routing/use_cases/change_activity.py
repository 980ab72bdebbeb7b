"""An agent starts, pauses or goes. Open offers of who goes are withdrawn; a contact in talk is finished."""

from services.kit.db import UnitOfWork
from services.kit.fields import Command
from services.routing.domain.contact import Activity, Trigger, is_routable
from services.routing.domain.reservation import ReservationStatus
from services.routing.domain.shifts import Planned, takes_offers
from services.routing.models import Agent
from services.routing.repository import agents, contacts, matching, shifts
from services.routing.use_cases.match import match_agent
from services.routing.use_cases.return_contact import return_contact

_WITHDRAWN = {Planned.OFF: "shift_over", Planned.BREAK: "planned_break"}


class ChangeActivity(Command):
    """What the agent does from now on."""

    activity: Activity


async def change_activity(uow: UnitOfWork, external_id: str, command: ChangeActivity) -> Agent:
    """Set an agent's activity, with all that follows from it."""
    await matching.lock_dispatch(uow)
    agent = await agents.agent_called(uow, external_id)
    await set_activity(uow, agent, command.activity)
    return await agents.agent(uow, agent.id)


async def set_activity(uow: UnitOfWork, agent: Agent, activity: Activity) -> None:
    """Set the activity; the dispatch lock is held."""
    if agent.activity != activity:
        await agents.change(uow, agent.id, activity=activity.value, misses=0)
        await shifts.note_doing(uow, agent.id, activity.value)
        if is_routable(activity):
            await agents.start_idling(uow, agent.id)
    await look_around(uow, await agents.agent(uow, agent.id))


async def look_around(uow: UnitOfWork, agent: Agent) -> None:
    """After an agent has changed: bring back the offers of who is gone, and have the engine look at whatever became possible."""
    if not takes_offers(agent.activity, agent.planned, plan_counts=agent.plan_counts):
        reason = _WITHDRAWN[Planned(agent.planned)] if is_routable(agent.activity) else "agent_left"
        for reservation in await contacts.pending_of(uow, agent.id):
            await return_contact(uow, reservation, ReservationStatus.SUPERSEDED, reason)
    await match_agent(uow, agent.id, Trigger.AGENT_CHANGED)
