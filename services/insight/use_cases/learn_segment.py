"""A customer's tier, so that figures can be split by it."""

from sqlalchemy import select
from sqlmodel import col

from services.customers.contract import CustomerChanged
from services.insight.models import CustomerSegment, ErasedCustomer
from services.kit.db import UnitOfWork


async def learn_segment(uow: UnitOfWork, event: CustomerChanged) -> None:
    """Keep the tier alone, of all that is told; facts take it when they are recorded and keep it."""
    forgotten = select(col(ErasedCustomer.customer_id)).where(col(ErasedCustomer.customer_id) == event.customer_id)
    if await uow.scalar(forgotten) is None:
        await uow.upsert(CustomerSegment, {"customer_id": event.customer_id, "segment": event.tier}, key=("customer_id",))
