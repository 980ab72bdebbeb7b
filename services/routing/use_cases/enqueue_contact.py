"""Put a contact in its line: compile what it wants, give it its credit and class, tell the others, and look for an agent at once."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.customers.contract import IdentityKey
from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.ids import new_id
from services.routing.contract import ContactQueued
from services.routing.domain.affinity import is_steered
from services.routing.domain.contact import ContactState, Trigger
from services.routing.domain.eligibility import Step
from services.routing.domain.hours import Hours, open_from
from services.routing.models import Contact, Queue, RoutingPolicy
from services.routing.repository import contacts, customers, lessons, policies
from services.routing.use_cases.classify import class_for
from services.routing.use_cases.escalate_by_rule import watch_waiting
from services.routing.use_cases.match import LOOK_AGAIN, match_contact


class ChannelNotServed(Refused):
    """The queue does not take contacts of this channel."""

    code = "channel_not_served"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact that comes in, from whichever side. Needs are (skill, level); relax steps are its own, besides the queue's."""

    channel: str
    direction: str
    external_id: str | None = None
    customer_id: UUID | None = None
    customer_keys: list[IdentityKey] = field(default_factory=list)
    topic: str | None = None
    language: str | None = None
    requires: list[tuple[str, int]] = field(default_factory=list)
    relax: list[Step] = field(default_factory=list)
    credit_s: int = 0
    order_reference: str | None = None
    case_id: UUID | None = None
    follow_up_id: UUID | None = None
    context: dict[str, Any] = field(default_factory=dict)
    banned: list[UUID] = field(default_factory=list)
    """Agents who are never asked."""


async def enqueue_contact(uow: UnitOfWork, queue: Queue, arrival: Arrival) -> Contact:
    """Queue the contact and return it; raises ChannelNotServed. The dispatch lock is held."""
    if arrival.channel not in queue.channels:
        raise ChannelNotServed(f"Queue {queue.key} takes {', '.join(queue.channels)}, not {arrival.channel}.", pointer="/channel")
    contact_id, customer_id = new_id(), arrival.customer_id
    for key in arrival.customer_keys:
        customer_id = customer_id or await customers.customer_with(uow, key.kind, key.value)
    waits_from = open_from(hours_of(queue), uow.now)
    steered = await _is_steered(uow, contact_id)
    policy = await policies.latest(uow, queue.policy) if queue.policy is not None else None
    row = blank_contact(uow, contact_id) | {
        "external_id": arrival.external_id,
        "channel": arrival.channel,
        "direction": arrival.direction,
        "state": ContactState.WAITING.value,
        "queue": queue.key,
        "asked_credit_s": arrival.credit_s,
        "requires": [list(need) for need in arrival.requires],
        "relax": [[step.after_s, step.skill, step.level] for step in arrival.relax],
        "customer_id": customer_id,
        "customer_keys": [key.model_dump() for key in arrival.customer_keys],
        "topic": arrival.topic,
        "language": arrival.language,
        "order_reference": arrival.order_reference,
        "case_id": arrival.case_id,
        "follow_up_id": arrival.follow_up_id,
        "context": arrival.context,
        "waits_from": waits_from,
        "steered": steered,
        "banned": [*map(str, arrival.banned), *(policy.document["exclude"] if policy else ())],
        "policy": policies.label(policy) if policy else None,
    }
    row |= await _owner(uow, _sticky_s(queue, policy), arrival, waits_from)
    row["class_key"] = await class_for(uow, queue, Contact.model_validate(row))
    contact = Contact.model_validate(row)
    await uow.insert(Contact, row)
    _tell(uow, contact)
    if waits_from > uow.now:
        await uow.schedule(LOOK_AGAIN, key=str(contact_id), at=waits_from)
    await watch_waiting(uow, queue, contact)
    await match_contact(uow, contact_id, Trigger.CONTACT_QUEUED)
    return contact


def _sticky_s(queue: Queue, policy: RoutingPolicy | None) -> int:
    told = None if policy is None else policy.document["sticky_seconds"]
    return queue.sticky_seconds if told is None else int(told)


async def _is_steered(uow: UnitOfWork, contact_id: UUID) -> bool:
    held_out = await lessons.hold_out_share(uow)
    return held_out is None or is_steered(contact_id.int, held_out)


async def _owner(uow: UnitOfWork, sticky_s: int, arrival: Arrival, waits_from: datetime) -> dict[str, Any]:
    """Promise the contact to who had its case last, for as long as the queue grants; somebody else gets it afterwards."""
    if arrival.case_id is None or sticky_s == 0:
        return {}
    owner = await contacts.last_agent_of_case(uow, arrival.case_id)
    if owner is None or owner in arrival.banned:
        return {}
    return {"sticky_agent_id": owner, "sticky_until": waits_from + timedelta(seconds=sticky_s)}


def hours_of(queue: Queue) -> Hours | None:
    """Return the opening hours of a queue; None when it is always open."""
    if queue.hours is None:
        return None
    return Hours(
        time_zone=queue.hours["time_zone"],
        weekdays=frozenset(queue.hours["weekdays"]),
        opens=time.fromisoformat(queue.hours["opens"]),
        closes=time.fromisoformat(queue.hours["closes"]),
        holidays=frozenset(date.fromisoformat(day) for day in queue.hours.get("holidays", ())),
    )


def blank_contact(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any]:
    """Return a contact's row in which nothing is known but its id and the moment."""
    nothing: dict[str, Any] = dict.fromkeys(Contact.model_fields)
    moment: datetime = uow.now
    return nothing | {
        "id": contact_id,
        "version": 1,
        "asked_credit_s": 0,
        "requires": [],
        "relax": [],
        "customer_keys": [],
        "context": {},
        "articles": [],
        "queued_at": moment,
        "waits_from": moment,
        "changed_at": moment,
        "transfers": 0,
        "talked_seconds": 0.0,
        "steered": True,
        "banned": [],
    }


def _tell(uow: UnitOfWork, contact: Contact) -> None:
    uow.emit(
        ContactQueued(
            contact_id=contact.id,
            customer_id=contact.customer_id,
            customer_keys=[IdentityKey.model_validate(key) for key in contact.customer_keys],
            channel=contact.channel,
            queue=contact.queue or "",
            topic=contact.topic,
            language=contact.language,
            case_id=contact.case_id,
            follow_up_id=contact.follow_up_id,
            queued_at=contact.queued_at,
        )
    )
