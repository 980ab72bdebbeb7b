"""Somebody owes a customer an answer, or no longer does."""

from sqlalchemy import func, or_, update
from sqlmodel import col

from services.feedback.contract import FollowUpClosed, FollowUpOpened
from services.insight import repository
from services.insight.models import FollowUpFact
from services.kit.db import UnitOfWork


async def record_follow_up_opened(uow: UnitOfWork, event: FollowUpOpened) -> None:
    """Count the duty once. Told again while open it is brought up to date; told again after its end it is open again.

    Heard after its end but told before, it stays closed.
    """
    told_at = uow.envelope.occurred_at
    values = {
        "item_id": event.item_id,
        "customer_id": await repository.customer_for(uow, event.customer_id, event.follow_up_id),
        "issue": event.issue,
        "department": event.department,
        "due_at": event.due_at,
    }
    row = {**values, "follow_up_id": event.follow_up_id, "opened_at": told_at, "closed_at": None, "outcome": None}
    if await uow.insert_ignore(FollowUpFact, row):
        return
    mine = col(FollowUpFact.follow_up_id) == event.follow_up_id
    reopened = (mine, col(FollowUpFact.closed_at) < told_at)
    await uow.execute(update(FollowUpFact).where(*reopened).values(closed_at=None, outcome=None, opened_at=told_at))
    known = {name: value for name, value in values.items() if name != "customer_id" or value is not None}
    opened_at = func.coalesce(col(FollowUpFact.opened_at), told_at)
    await uow.execute(update(FollowUpFact).where(mine).values(**known, opened_at=opened_at))


async def record_follow_up_closed(uow: UnitOfWork, event: FollowUpClosed) -> None:
    """Count the end, unless the follow-up was opened again since."""
    row = {
        "follow_up_id": event.follow_up_id,
        "item_id": None,
        "customer_id": await repository.customer_for(uow, event.customer_id, event.follow_up_id),
        "issue": event.issue,
        "department": None,
        "opened_at": None,
        "due_at": None,
        "closed_at": event.closed_at,
        "outcome": event.outcome,
    }
    if await uow.insert_ignore(FollowUpFact, row):
        return
    mine = col(FollowUpFact.follow_up_id) == event.follow_up_id
    standing = or_(col(FollowUpFact.opened_at).is_(None), col(FollowUpFact.opened_at) <= event.closed_at)
    newest = or_(col(FollowUpFact.closed_at).is_(None), col(FollowUpFact.closed_at) <= event.closed_at)
    ended = {"closed_at": event.closed_at, "outcome": event.outcome}
    await uow.execute(update(FollowUpFact).where(mine, standing, newest).values(ended))
