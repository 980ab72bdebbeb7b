"""Statements about the words of open cases."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.knowledge.models import ClosedCase, OpenCase

CASES_PER_CUSTOMER = 3
"""Open cases of one customer that get suggestions: the latest."""
MOST_CASES = 40
"""Cases that one call answers for; their words must fit into one statement."""


class CaseUnknown(NotFound):
    """There is no open case with this id."""

    code = "case_not_open"


async def open_case(tx: Tx, case_id: UUID) -> OpenCase:
    """Return the words of an open case; raises CaseUnknown."""
    found = await tx.first(select(OpenCase).where(col(OpenCase.case_id) == case_id), OpenCase)
    if found is None:
        raise CaseUnknown(f"There is no open case {case_id}.")
    return found


async def customer_of_case(tx: Tx, case_id: UUID) -> UUID | None:
    """Return whose open case it is; None when there is no such open case."""
    found: UUID | None = await tx.scalar(select(col(OpenCase.customer_id)).where(col(OpenCase.case_id) == case_id))
    return found


async def latest_open_cases(tx: Tx, customer_ids: Sequence[UUID]) -> list[OpenCase]:
    """Return the latest open cases of each customer, newest first."""
    order = func.row_number().over(partition_by=col(OpenCase.customer_id), order_by=(col(OpenCase.opened_at).desc(), col(OpenCase.case_id).desc()))
    placed = select(OpenCase, order.label("place")).where(col(OpenCase.customer_id).in_(customer_ids)).subquery()
    latest = select(placed).where(placed.c.place <= CASES_PER_CUSTOMER).order_by(placed.c.opened_at.desc(), placed.c.case_id.desc()).limit(MOST_CASES)
    return await tx.all(latest, OpenCase)


async def close_case(uow: UnitOfWork, case_id: UUID, driver: str | None, resolved_at: datetime) -> None:
    """Forget the words of a case that is resolved, and keep that it was."""
    await uow.upsert(ClosedCase, {"case_id": case_id, "driver": driver, "resolved_at": resolved_at}, key=("case_id",))
    await uow.execute(delete(OpenCase).where(col(OpenCase.case_id) == case_id))
