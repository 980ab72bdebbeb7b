"""A contact ended, or its customer became known."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.contract import ContactConnected, ContactEnded
from services.survey.contract import Attribution
from services.survey.domain.programme import Matter, Trigger
from services.survey.repository import asking, known
from services.survey.use_cases.advance_decision import advance
from services.survey.use_cases.plan_ask import Occasion, plan_ask
from services.survey.use_cases.rules_of import rules_of


async def hear_contact_ended(uow: UnitOfWork, event: ContactEnded) -> None:
    """Freeze the attribution and plan the ask; a contact by which we got back to somebody asks whether that helped, and nothing else."""
    attribution = Attribution(
        contact_id=event.contact_id,
        agent_id=event.agent_id,
        team=event.team,
        site=event.site,
        vendor=event.vendor,
        queue=event.queue,
        topic=event.topic,
        driver=event.driver,
        department=event.department,
        disposition=event.disposition,
        order_reference=event.order_reference,
        case_id=event.case_id,
        follow_up_id=event.follow_up_id,
    )
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
    row = {"contact_id": event.contact_id, "customer_id": event.customer_id, "channel": event.channel, "ended_at": event.ended_at}
    frozen = {"attribution": attribution.model_dump(mode="json"), "facts": facts, "language": event.language}
    await known.close_contact(uow, event.contact_id, event.ended_at)
    if not await known.hear_contact(uow, {**row, **frozen}):
        return
    trigger = Trigger.FOLLOW_UP_CONTACT_ENDED if event.follow_up_id else Trigger.CONTACT_ENDED
    customer_id = event.customer_id or await _customer_found(uow, event)
    key = f"contact:{event.contact_id}"
    await plan_ask(uow, Occasion(trigger, key, customer_id, event.channel, event.ended_at, attribution, facts, event.language))


async def hear_contact_connected(uow: UnitOfWork, event: ContactConnected) -> None:
    """Note that the customer is talking with us: whoever is talking is not asked at the same moment."""
    await known.hear_matter(uow, event.contact_id, Matter.CONTACT, event.customer_id, opened_at=event.connected_at)


async def _customer_found(uow: UnitOfWork, event: ContactEnded) -> UUID | None:
    contact = await known.contact(uow, event.contact_id)
    if contact is not None and contact.customer_id is not None:
        return contact.customer_id
    for key in event.customer_keys[:10]:
        found = await known.customer_of_key(uow, key.kind, key.value)
        if found:
            return found
    return None


async def name_customer(uow: UnitOfWork, contact_id: UUID, customer_id: UUID) -> None:
    """Go on with the decisions about a contact whose customer was not known."""
    await known.name_customer_of_contact(uow, contact_id, customer_id)
    for decision in await asking.pending_of(uow, contact_id=contact_id, customer_id=None):
        if await asking.change_decision(uow, decision, customer_id=customer_id):
            await advance_by_programme(uow, decision.id)


async def advance_by_programme(uow: UnitOfWork, decision_id: UUID) -> None:
    """Advance one open decision by the current rules of its programme."""
    decision = await asking.lock_pending(uow, decision_id)
    if decision is not None:
        programme = await asking.programme(uow, decision.programme)
        await advance(uow, decision, rules_of(programme))
