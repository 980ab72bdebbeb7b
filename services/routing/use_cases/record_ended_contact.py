"""A contact that a telephony system routed itself is over: freeze who served, where and for whom, once per external id."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Body, Code, Command, Instant, Language, Line, Name, Reference
from services.kit.ids import new_id
from services.routing.domain.contact import OPEN_STATES, ContactState
from services.routing.models import Agent, Contact
from services.routing.repository import agents, contacts, customers, queues
from services.routing.use_cases.enqueue_contact import blank_contact
from services.routing.use_cases.freeze_attribution import contact_ended
from services.routing.use_cases.queue_contact import NamedBy, UnknownAgent, UnknownQueue, keys_of


class EndsBeforeStart(Refused):
    """A contact cannot end before it starts."""

    code = "ends_before_start"


class ContactStillOpen(Conflict):
    """The contact of this external id is routed here and not over; end it with POST /routing/v1/contacts/{id}/end."""

    code = "contact_still_open"


class RecordEndedContact(Command):
    """What the telephony system knows. `wrap_up_seconds` is the work after the talk."""

    external_id: Reference
    channel: Code
    direction: Literal["inbound", "outbound"]
    queue: Code | None = None
    agent_external_id: Reference | None = None
    customer_id: UUID | None = None
    customer_key: NamedBy | None = None
    started_at: Instant
    ended_at: Instant
    wrap_up_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    disposition: Name | None = None
    driver: Code | None = None
    topic: Line | None = None
    resolved: Literal["yes", "partly", "no"] | None = None
    order_reference: Reference | None = None
    case_id: UUID | None = None
    language: Language | None = None
    notes: Body | None = None
    articles: list[UUID] = Field(default_factory=list, max_length=50)


async def record_ended_contact(uow: UnitOfWork, command: RecordEndedContact) -> Contact:
    """Store the contact as ended and tell the others; the same external id again changes nothing."""
    known = await contacts.contact_called(uow, command.external_id)
    if known is not None:
        return _only_if_over(known)
    if command.ended_at < command.started_at:
        raise EndsBeforeStart(f"Contact {command.external_id} ends before it starts.", pointer="/ended_at")
    agent = await agents.any_agent_called(uow, command.agent_external_id) if command.agent_external_id else None
    if command.agent_external_id is not None and agent is None:
        raise UnknownAgent(f"There is no agent {command.agent_external_id}.", pointer="/agent_external_id")
    queue = await queues.find(uow, command.queue) if command.queue else None
    if command.queue is not None and queue is None:
        raise UnknownQueue(f"There is no queue {command.queue}.", pointer="/queue")
    customer_id = command.customer_id
    if customer_id is None and command.customer_key is not None:
        customer_id = await customers.customer_with(uow, command.customer_key.kind, command.customer_key.value)
    row = blank_contact(uow, new_id()) | _told(command) | _served_by(agent)
    row |= {"customer_id": customer_id, "department": queue.department if queue else None}
    if not await uow.insert_ignore(Contact, row):
        other = await contacts.contact_called(uow, command.external_id)
        return _only_if_over(other or Contact.model_validate(row))
    stored = await contacts.any_contact(uow, row["id"])
    uow.emit(contact_ended(stored))
    return stored


def _only_if_over(contact: Contact) -> Contact:
    if contact.state in OPEN_STATES:
        raise ContactStillOpen(f"Contact {contact.external_id} is {contact.state} here; end it as {contact.id}.", pointer="/external_id")
    return contact


def _told(command: RecordEndedContact) -> dict[str, Any]:
    talk = (command.ended_at - command.started_at).total_seconds()
    same = command.model_dump(exclude={"agent_external_id", "customer_id", "customer_key", "started_at", "wrap_up_seconds", "articles"})
    return same | {
        "state": ContactState.ENDED.value,
        "customer_keys": [key.model_dump() for key in keys_of(command.customer_key)],
        "articles": [str(article) for article in command.articles],
        "queued_at": command.started_at,
        "waits_from": command.started_at,
        "connected_at": command.started_at,
        "first_connected_at": command.started_at,
        "handle_seconds": talk + command.wrap_up_seconds,
    }


def _served_by(agent: Agent | None) -> dict[str, Any]:
    if agent is None:
        return {}
    return {"agent_id": agent.id, "agent_name": agent.name, "team": agent.team, "site": agent.site, "vendor": agent.vendor}
