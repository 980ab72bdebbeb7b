"""How long a customer waited for an agent."""

from sqlalchemy import update
from sqlmodel import col

from services.insight.models import ContactFact, ContactWait
from services.kit.db import UnitOfWork
from services.routing.contract import ContactConnected


async def record_waiting(uow: UnitOfWork, event: ContactConnected) -> None:
    """Keep the wait until the contact ends, or add it to a contact that has ended already; a contact connected twice waited twice."""
    waited = max(0, round(event.waited_seconds * 1000))
    mine = col(ContactFact.contact_id) == event.contact_id
    if await uow.execute(update(ContactFact).where(mine).values(waited_ms=waited)) == 0:
        await uow.upsert(ContactWait, {"contact_id": event.contact_id, "waited_ms": waited}, key=("contact_id",))
