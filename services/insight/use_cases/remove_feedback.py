"""An author took a feedback item back: it no longer counts."""

from sqlalchemy import delete, select
from sqlmodel import col

from services.feedback.contract import FeedbackRemoved
from services.insight import repository
from services.insight.models import Correction, FeedbackFact, RemovedItem
from services.insight.repository.rollups import touch_where
from services.kit.db import UnitOfWork


async def remove_feedback(uow: UnitOfWork, event: FeedbackRemoved) -> None:
    """Take the item out of every figure, and let its contact, if any, be judged without it; it does not come back."""
    await uow.insert_ignore(RemovedItem, {"item_id": event.item_id, "removed_at": event.removed_at})
    mine = col(FeedbackFact.item_id) == event.item_id
    contact_id = await uow.scalar(select(col(FeedbackFact.contact_id)).where(mine))
    await touch_where(uow, FeedbackFact, mine)
    await uow.execute(delete(FeedbackFact).where(mine))
    await uow.execute(delete(Correction).where(col(Correction.item_id) == event.item_id))
    await repository.settle(uow, contact_id)
