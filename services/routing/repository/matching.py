"""The dispatch row: who holds its lock changes contacts and reservations alone."""

from services.kit.db import UnitOfWork
from services.routing.models import Dispatch

_LOCK = {"postgresql": "SELECT id FROM dispatch WHERE id = 1 FOR UPDATE", "sqlite": "SELECT id FROM dispatch WHERE id = 1"}
"""The first statement of most commands. SQLite has one writer anyway."""


async def lock_dispatch(uow: UnitOfWork) -> None:
    """Wait for everybody else who is changing who serves whom, and keep them out until this transaction ends."""
    while not await uow.raw(_LOCK[uow.dialect_name]):
        await uow.insert_ignore(Dispatch, {"id": 1, "priced_at": None, "epoch": 0})
