"""Say how much an agent carries at once over all channels, and what may interrupt what."""

from typing import Annotated

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command
from services.routing.domain.load import limits_of
from services.routing.models import Agent
from services.routing.repository import agents, matching
from services.routing.use_cases.change_activity import look_around

Cost = Annotated[float, Field(gt=0, le=100, multiple_of=0.25)]
"""Quarters, since sums of them are exact."""


class CapWithoutCapacity(Refused):
    """A cap is a share of the capacity, and there is no capacity."""

    code = "cap_without_capacity"


class NeverFits(Refused):
    """One contact of a channel costs more than the agent may carry in all; a channel is closed by a maximum of 0."""

    code = "never_fits"


class PutLoad(Command):
    """Costs, capacity and interruptions, whole: what is not named is taken away, and nothing named means that only maxima by channel count.

    A new contact comes when its channel has a free place, its cost fits, and no contact of another channel that is held keeps it away.
    """

    costs: dict[Code, Cost] = Field(default_factory=dict, max_length=20)
    """What one contact of a channel costs; 1 where it is not named."""
    capacity: Annotated[float, Field(gt=0, le=1000, multiple_of=0.25)] | None = None
    """The sum of costs that the agent can carry; None: without limit."""
    cap: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Up to which share of the capacity new contacts come."""
    interrupted_by: dict[Code, Annotated[list[Code], Field(max_length=20)]] = Field(default_factory=dict, max_length=20)
    """While a contact of the named channel is held: which other channels may still come. A channel that is not named is interrupted by any."""


async def put_load(uow: UnitOfWork, external_id: str, command: PutLoad) -> Agent:
    """Store it and look again; what is held stays held. Raises AgentNotFound, CapWithoutCapacity, NeverFits."""
    await matching.lock_dispatch(uow)
    agent = await agents.agent_called(uow, external_id)
    load = command.model_dump() if command != PutLoad() else None
    if command.capacity is None and command.cap < 1:
        raise CapWithoutCapacity("A cap is a share of the capacity: name the capacity, too.", pointer="/cap")
    costs, most, _ = limits_of(load)
    for channel, cost in costs:
        if cost > most:
            raise NeverFits(f"A contact of {channel} costs {cost:g}, and the agent carries no more than {most:g}.", pointer=f"/costs/{channel}")
    await agents.change(uow, agent.id, load=load)
    changed = await agents.agent(uow, agent.id)
    await look_around(uow, changed)
    return changed
