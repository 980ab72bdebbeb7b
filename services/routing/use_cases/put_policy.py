"""A new version of a policy: who may serve the contacts of its queues, who is preferred, kept away or asked first, and how urgent they are."""

from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from services.kit.db import UnitOfWork
from services.kit.expressions import LONGEST, Kind
from services.kit.fields import Command, Line, Name, Reference
from services.routing.domain.contact import Trigger
from services.routing.models import RoutingPolicy
from services.routing.repository import agents, matching, policies
from services.routing.use_cases.match import match_agent
from services.routing.use_cases.policy_words import AGENT, CONTACT, MOST_STEPS, standing_of
from services.routing.use_cases.queue_contact import UnknownAgent

Rule = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class PolicyStep(Command):
    """From `after_s` seconds of waiting on, agents who meet `require` (CEL over agents; none: everybody) may serve too."""

    after_s: Annotated[int, Field(ge=0, le=604_800)]
    require: Rule | None = None
    note: Line | None = None


class PutPolicy(Command):
    """A policy, whole. `credit_s` is CEL over the contact and gives whole seconds; `sticky_seconds` None leaves it to the queue."""

    name: Name
    steps: Annotated[list[PolicyStep], Field(min_length=1, max_length=MOST_STEPS)]
    prefer: Rule | None = None
    exclude_agents: list[Reference] = Field(default_factory=list, max_length=100)
    sticky_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    credit_s: Rule | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        moments = [step.after_s for step in self.steps]
        if moments[0] != 0 or any(later <= earlier for earlier, later in pairwise(moments)):
            raise ValueError("steps must begin at after_s 0 and come one after the other")
        return self


async def put_policy(uow: UnitOfWork, key: str, command: PutPolicy) -> RoutingPolicy:
    """Store the next version; contacts that wait keep the version under which they came. Raises InvalidExpression, UnknownAgent."""
    await matching.lock_dispatch(uow)
    for number, step in enumerate(command.steps):
        if step.require is not None:
            AGENT.expression(step.require, pointer=f"/steps/{number}/require")
    if command.prefer is not None:
        AGENT.expression(command.prefer, pointer="/prefer")
    if command.credit_s is not None:
        CONTACT.expression(command.credit_s, Kind.whole, pointer="/credit_s")
    banned = []
    for number, external_id in enumerate(command.exclude_agents):
        agent = await agents.any_agent_called(uow, external_id)
        if agent is None:
            raise UnknownAgent(f"There is no agent {external_id}.", pointer=f"/exclude_agents/{number}")
        banned.append(str(agent.id))
    before = await policies.latest(uow, key)
    row: dict[str, Any] = {"key": key, "version": before.version + 1 if before else 1, "name": command.name, "created_at": uow.now}
    row["document"] = command.model_dump(mode="json", exclude={"name"}) | {"exclude": banned}
    if before is not None and before.document == row["document"] and before.name == command.name:
        return before
    await uow.insert(RoutingPolicy, row)
    policy = RoutingPolicy.model_validate(row)
    for each in await agents.everybody(uow):
        await agents.add_standing(uow, each["id"], standing_of(each, policies.label(policy), policy.document))
        await match_agent(uow, each["id"], Trigger.AGENT_CHANGED)
    return policy
