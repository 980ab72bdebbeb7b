"""Learn from outcomes: once a night, or when somebody asks. The reckoning itself is done outside the transaction."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.db import Tx, UnitOfWork
from services.kit.fields import Command
from services.routing.domain.contact import Trigger
from services.routing.domain.lessons import Book, Handled
from services.routing.models import Learning
from services.routing.repository import lessons
from services.routing.use_cases.match import match_agent

LEARN = "learn"
NIGHTLY = timedelta(days=1)


class PutLearning(Command):
    """Whether and how routing learns. The hold-out is routed as if nothing had been learned, so that the gain can be measured."""

    enabled: bool
    hold_out_share: Annotated[float, Field(ge=0.05, le=0.5)] = 0.2
    window_days: Annotated[int, Field(ge=7, le=730)] = 90
    repeat_days: Annotated[int, Field(ge=1, le=30)] = 3


async def put_learning(uow: UnitOfWork, command: PutLearning) -> Learning:
    """Switch learning on, off, or change it; switched off, everything that was learned is forgotten at once."""
    await lessons.keep(uow, **command.model_dump())
    if command.enabled:
        await uow.schedule(LEARN, key="nightly", at=uow.now)
    else:
        await uow.cancel(LEARN, key="nightly")
        await _look_at(uow, await lessons.replace_affinities(uow, {}))
    return await lessons.learning(uow)


async def material(tx: Tx) -> tuple[Learning, list[Handled], dict[tuple[UUID, str], float]]:
    """Return what a lesson is made of."""
    how = await lessons.learning(tx)
    return how, await lessons.handled(tx, how.window_days) if how.enabled else [], await lessons.levels(tx)


async def keep_book(uow: UnitOfWork, book: Book) -> None:
    """Put what was learned into use, and ask for the next lesson tomorrow."""
    how = await lessons.learning(uow)
    if not how.enabled:
        return
    estimates = {
        key: {"resolution": book.resolution.get(key), "pace": book.pace.get(key), "outcomes": book.outcomes.get(key, 0)}
        for key in book.resolution.keys() | book.pace.keys()
    }
    touched = await lessons.replace_affinities(uow, estimates)
    await lessons.keep(uow, report=book.report, learned_at=uow.now)
    await _look_at(uow, touched)
    await uow.schedule(LEARN, key="nightly", at=uow.now + NIGHTLY)


async def _look_at(uow: UnitOfWork, agents: set[UUID]) -> None:
    for agent_id in sorted(agents):
        await match_agent(uow, agent_id, Trigger.AGENT_CHANGED)
