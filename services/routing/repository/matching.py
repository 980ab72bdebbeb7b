"""The dispatch row: who holds its lock changes contacts and reservations alone."""

from sqlmodel import col, select

from services.kit.db import UnitOfWork
from services.routing.models import Dispatch


async def lock_dispatch(uow: UnitOfWork) -> Dispatch:
    """Wait for everybody else who is changing who serves whom, and keep them out until this transaction ends."""
    statement = select(Dispatch).where(col(Dispatch.id) == 1).with_for_update()
    row = await uow.first(statement, Dispatch)
    if row is None:
        await uow.insert_ignore(Dispatch, {"id": 1, "priced_at": None, "epoch": 0})
        row = await uow.first(statement, Dispatch)
    if row is None:
        raise RuntimeError("the dispatch row vanished")
    return row
