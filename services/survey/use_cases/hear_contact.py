"""A contact ended, or its customer became known."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.contract import ContactConnected, ContactEnded
from services.survey.contract import Attribution
from services.survey.domain.programme import Matter, Trigger
from services.survey.repository import asking, hearing, known
from services.survey.use_cases.advance_decision import advance
from services.survey.use_cases.plan_ask import Occasion


async def contacts_ended(uow: UnitOfWork, events: Sequence[ContactEnded]) -> list[Occasion]:
    """Freeze attributions; return the occasions of contacts that were not told before.

    A contact by which we got back to somebody asks whether that helped, and nothing else.
    """
    first = {event.contact_id: event for event in reversed(events)}
    if not first:
        return []
    await hearing.close_contacts(uow, {event.contact_id: event.ended_at for event in first.values()})
    frozen = {event.contact_id: _frozen(event) for event in first.values()}
    rows = [
        {
            "contact_id": event.contact_id,
            "customer_id": event.customer_id,
            "channel": event.channel,
            "ended_at": event.ended_at,
            "attribution": frozen[event.contact_id][0].model_dump(mode="json"),
            "facts": frozen[event.contact_id][1],
            "language": event.language,
        }
        for event in first.values()
    ]
    new = await hearing.hear_contacts(uow, rows)
    found = []
    for event in events:
        if event.contact_id in new:
            named = event.customer_id or new.pop(event.contact_id) or await _customer_found(uow, event)
            new.pop(event.contact_id, None)
            found.append(_occasion(event, named, *frozen[event.contact_id]))
    return found


def _occasion(event: ContactEnded, customer_id: UUID | None, attribution: Attribution, facts: Mapping[str, Any]) -> Occasion:
    trigger = Trigger.FOLLOW_UP_CONTACT_ENDED if event.follow_up_id else Trigger.CONTACT_ENDED
    return Occasion(trigger, f"contact:{event.contact_id}", customer_id, event.channel, event.ended_at, attribution, facts, event.language)


def _frozen(event: ContactEnded) -> tuple[Attribution, dict[str, Any]]:
    """Return whom the contact is attributed to, and what conditions read about it."""
    attribution = Attribution(**{name: getattr(event, name) for name in Attribution.model_fields})
    facts = {
        **{name: getattr(attribution, name) for name in ("topic", "driver", "department", "disposition", "queue", "site", "vendor", "team")},
        "channel": event.channel,
        "direction": event.direction,
        "resolved": event.resolved,
        "language": event.language,
        "transfers": event.transfers,
        "articles": len(event.articles),
        "handle_seconds": event.handle_seconds,
    }
    return attribution, facts


async def hear_contact_connected(uow: UnitOfWork, event: ContactConnected) -> None:
    """Note that the customer is talking with us: whoever is talking is not asked at the same moment."""
    await known.hear_matter(uow, event.contact_id, Matter.CONTACT, event.customer_id, opened_at=event.connected_at)


async def _customer_found(uow: UnitOfWork, event: ContactEnded) -> UUID | None:
    for key in event.customer_keys[:10]:
        found = await known.customer_of_key(uow, key.kind, key.value)
        if found:
            return found
    return None


async def name_customer(uow: UnitOfWork, contact_id: UUID, customer_id: UUID) -> None:
    """Go on with the decisions about a contact whose customer was not known."""
    await known.name_customer_of_contact(uow, contact_id, customer_id)
    waiting = await asking.pending_of(uow, contact_id=contact_id, customer_id=None)
    await advance(uow, ids=[each.id for each in waiting if await asking.change_decision(uow, each, customer_id=customer_id)])
