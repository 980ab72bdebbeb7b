"""Have an agent stand as planned: a shift begins or ends, a break begins or ends, or the plan has changed.

The plan never changes what an agent says to do; it only keeps offers away, so that planned and actual can be compared.
"""

from collections.abc import Sequence
from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.domain.shift_documents import shift_of
from services.routing.domain.shifts import RESTING, Planned, standing
from services.routing.models import Agent
from services.routing.repository import agents, matching, shifts
from services.routing.use_cases.change_activity import look_around

FOLLOW_PLAN = "follow_plan"


async def follow_plan(uow: UnitOfWork, agent_id: UUID) -> None:
    """Do what the plan says for this moment; the due engine comes back at the next change."""
    await matching.lock_dispatch(uow)
    await follow_plans(uow, [await agents.agent(uow, agent_id)])


async def follow_plans(uow: UnitOfWork, whose: Sequence[Agent]) -> None:
    """Do so for several; the dispatch lock is held."""
    documents = await shifts.documents(uow, [agent.id for agent in whose])
    for agent in whose:
        now = standing([shift_of(each, agent.time_zone) for each in documents[agent.id].values()], uow.now)
        if now.changes_at is None:
            await uow.cancel(FOLLOW_PLAN, key=str(agent.id))
        else:
            await uow.schedule(FOLLOW_PLAN, key=str(agent.id), at=now.changes_at)
        if (agent.planned, agent.shift_ends_at) != (now.planned, now.ends_at):
            await agents.change(uow, agent.id, planned=now.planned.value, shift_ends_at=now.ends_at)
            if agent.planned in RESTING and now.planned == Planned.WORK:
                await agents.start_idling(uow, agent.id)
            await look_around(uow, await agents.agent(uow, agent.id))
