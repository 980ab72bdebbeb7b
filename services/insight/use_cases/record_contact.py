"""A contact ended: it counts, and it costs."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from services.insight import repository
from services.insight.domain.charge import to_ms
from services.insight.models import ContactFact, ContactWait
from services.insight.repository.rollups import touch_where
from services.kit.db import UnitOfWork
from services.routing.contract import ContactEnded


async def record_contact(uow: UnitOfWork, event: ContactEnded) -> None:
    """Keep the contact's narrow fact; told again it is brought up to date, not counted twice."""
    customer_id = await repository.customer_for(uow, event.customer_id, event.contact_id)
    forgotten = event.customer_id is not None and customer_id is None
    values = {
        "external_id": None if forgotten else event.external_id,
        "customer_id": customer_id,
        "channel": event.channel,
        "queue": event.queue,
        "topic": None if forgotten else event.topic,
        "team": event.team,
        "site": event.site,
        "vendor": event.vendor,
        "attributed_driver": event.driver,
        "attributed_department": event.department,
        "driver": event.driver,
        "department": event.department,
        "case_id": event.case_id,
        "articles_used": len(event.articles),
        "handle_ms": to_ms(event.handle_seconds),
        "rate_id": None,
        "per_hour_micros": None,
        "cost_cents": None,
        "agent_id": event.agent_id,
        "segment": await repository.segment_of(uow, customer_id),
        "resolved": event.resolved,
        "transfers": event.transfers,
        **(await _waited(uow, event.contact_id)),
        "ended_at": event.ended_at,
    }
    await touch_where(uow, ContactFact, col(ContactFact.contact_id) == event.contact_id)
    await repository.put(uow, ContactFact, {"contact_id": event.contact_id}, values)
    await repository.settle(uow, event.contact_id)


async def _waited(uow: UnitOfWork, contact_id: UUID) -> dict[str, int]:
    """Take over a wait that was told before the end."""
    mine = col(ContactWait.contact_id) == contact_id
    found: int | None = await uow.scalar(select(col(ContactWait.waited_ms)).where(mine))
    if found is None:
        return {}
    await uow.execute(delete(ContactWait).where(mine))
    return {"waited_ms": found}
