"""A customer wants to speak to somebody."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from services.customers.contract import IdentityKey
from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command, Language, Line, Reference
from services.routing.domain.credit import GRAIN_S, MOST_S
from services.routing.models import Contact
from services.routing.repository import agents, contacts, matching, queues
from services.routing.use_cases.enqueue_contact import Arrival, enqueue_contact


class UnknownQueue(Refused):
    """The queue that the request names does not exist."""

    code = "unknown_queue"


class UnknownSkill(Refused):
    """A skill that the request names does not exist."""

    code = "unknown_skill"


class UnknownAgent(Refused):
    """The agent that the request names does not exist."""

    code = "unknown_agent"


class NamedBy(Command):
    """A key that names the customer."""

    kind: Code
    value: Reference


class Need(Command):
    """A skill and the least level of it."""

    skill: Code
    level: Annotated[int, Field(ge=1, le=5)]


class QueueContact(Command):
    """A contact that shall wait for an agent. `priority_credit_s` counts as time already waited, in steps of 30 s."""

    external_id: Reference | None = None
    channel: Code
    queue: Code
    customer_id: UUID | None = None
    customer_key: NamedBy | None = None
    topic: Line | None = None
    language: Language | None = None
    requires: list[Need] = Field(default_factory=list, max_length=10)
    priority_credit_s: Annotated[int, Field(ge=0, le=MOST_S, multiple_of=GRAIN_S)] = 0
    order_reference: Reference | None = None
    case_id: UUID | None = None
    context: dict[Code, JsonValue] = Field(default_factory=dict, max_length=50)
    exclude_agents: list[Reference] = Field(default_factory=list, max_length=20)
    """Agents, by external id, who are never asked for this contact."""


async def queue_contact(uow: UnitOfWork, command: QueueContact) -> Contact:
    """Queue a contact and offer it if somebody can take it; the same external id again returns the contact that is there."""
    await matching.lock_dispatch(uow)
    known = await contacts.contact_called(uow, command.external_id) if command.external_id else None
    if known is not None:
        return known
    queue = await queues.find(uow, command.queue)
    if queue is None:
        raise UnknownQueue(f"There is no queue {command.queue}. Make it with PUT /routing/v1/queues/{command.queue}.", pointer="/queue")
    await refuse_unknown_skills(uow, [need.skill for need in command.requires], "/requires")
    arrival = Arrival(
        channel=command.channel,
        direction="inbound",
        external_id=command.external_id,
        customer_id=command.customer_id,
        customer_keys=keys_of(command.customer_key),
        topic=command.topic,
        language=command.language,
        requires=[(need.skill, need.level) for need in command.requires],
        credit_s=command.priority_credit_s,
        order_reference=command.order_reference,
        case_id=command.case_id,
        context=dict(command.context),
        banned=await _banned(uow, command.exclude_agents),
    )
    return await enqueue_contact(uow, queue, arrival)


async def _banned(uow: UnitOfWork, external_ids: list[str]) -> list[UUID]:
    found = []
    for number, external_id in enumerate(external_ids):
        agent = await agents.any_agent_called(uow, external_id)
        if agent is None:
            raise UnknownAgent(f"There is no agent {external_id}.", pointer=f"/exclude_agents/{number}")
        found.append(agent.id)
    return found


def keys_of(named: NamedBy | None) -> list[IdentityKey]:
    """Return the key as it travels in events."""
    return [] if named is None else [IdentityKey(kind=named.kind, value=named.value)]


async def refuse_unknown_skills(uow: UnitOfWork, keys: list[str], pointer: str) -> None:
    """Raise UnknownSkill when one of the keys names nothing."""
    unknown = await agents.unknown_skills(uow, keys)
    if unknown:
        raise UnknownSkill(f"There is no skill {', '.join(unknown)}. Make it with PUT /routing/v1/skills/{unknown[0]}.", pointer=pointer)
