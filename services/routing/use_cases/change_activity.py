"""An agent starts, pauses or goes. Open offers of who goes are withdrawn; a contact in talk is finished."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.fields import Command
from services.routing.domain.contact import Activity, Trigger, is_routable
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Agent
from services.routing.repository import agents, contacts, matching
from services.routing.use_cases.match import match_agent
from services.routing.use_cases.return_contact import return_contact


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
        if is_routable(activity):
            await agents.start_idling(uow, agent.id)
    await look_around(uow, agent, activity)


async def look_around(uow: UnitOfWork, agent: Agent, activity: str) -> None:
    """After an agent has changed: bring back the offers of who is gone, and have the engine look at whatever became possible."""
    if not is_routable(activity):
        for reservation in await contacts.pending_of(uow, agent.id):
            await return_contact(uow, reservation, ReservationStatus.SUPERSEDED, "agent_left")
    await match_agent(uow, agent.id, Trigger.AGENT_CHANGED)
