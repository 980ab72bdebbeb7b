"""A contact ended: it counts, and it costs."""

from services.insight import repository
from services.insight.domain.charge import to_ms
from services.insight.models import ContactFact
from services.kit.db import UnitOfWork
from services.routing.contract import ContactEnded


async def record_contact(uow: UnitOfWork, event: ContactEnded) -> None:
    """Keep the contact's narrow fact; told again it is brought up to date, not counted twice."""
    values = {
        "external_id": event.external_id,
        "customer_id": await repository.customer_for(uow, event.customer_id, event.contact_id),
        "channel": event.channel,
        "queue": event.queue,
        "topic": event.topic,
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
        "ended_at": event.ended_at,
    }
    await repository.put(uow, ContactFact, {"contact_id": event.contact_id}, values)
    await repository.settle(uow, event.contact_id)
