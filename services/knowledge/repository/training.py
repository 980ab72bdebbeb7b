"""Statements about training."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.knowledge.models import TrainingAssignment, TrainingHours, TrainingModule, TrainingNeed


class TrainingNotFound(NotFound):
    """There is no such module, need or assignment."""

    code = "training_not_found"


async def module_or_none(tx: Tx, code: str) -> TrainingModule | None:
    """Return a module, if there is one."""
    return await tx.first(select(TrainingModule).where(col(TrainingModule.code) == code), TrainingModule)


async def module_by_code(tx: Tx, code: str) -> TrainingModule:
    """Return a module; raises TrainingNotFound."""
    found = await module_or_none(tx, code)
    if found is None:
        raise TrainingNotFound(f"There is no module {code}.", pointer="/module")
    return found


async def modules(tx: Tx, *, topic: str | None, after: str | None, limit: int) -> list[TrainingModule]:
    """Return modules by code."""
    wanted = select(TrainingModule).order_by(col(TrainingModule.code)).limit(limit)
    if topic is not None:
        wanted = wanted.where(col(TrainingModule.topic) == topic)
    return await tx.all(wanted if after is None else wanted.where(col(TrainingModule.code) > after), TrainingModule)


async def need_by_id(tx: Tx, need_id: UUID) -> TrainingNeed:
    """Return a need; raises TrainingNotFound."""
    found = await tx.first(select(TrainingNeed).where(col(TrainingNeed.id) == need_id), TrainingNeed)
    if found is None:
        raise TrainingNotFound(f"There is no training need {need_id}.", pointer="/need_id")
    return found


async def needs(tx: Tx, *, state: str, before: UUID | None, limit: int) -> list[TrainingNeed]:
    """Return needs in a state, newest first."""
    wanted = select(TrainingNeed).where(col(TrainingNeed.state) == state).order_by(col(TrainingNeed.id).desc()).limit(limit)
    return await tx.all(wanted if before is None else wanted.where(col(TrainingNeed.id) < before), TrainingNeed)


async def open_need(tx: Tx, topic: str, group: str, source: str) -> TrainingNeed | None:
    """Return the open need of one finder for this group and topic."""
    mine = (col(TrainingNeed.topic) == topic, col(TrainingNeed.group) == group, col(TrainingNeed.source) == source, col(TrainingNeed.state) == "open")
    return await tx.first(select(TrainingNeed).where(*mine).order_by(col(TrainingNeed.id)).limit(1), TrainingNeed)


async def renew_need(uow: UnitOfWork, need_id: UUID, told: Mapping[str, Any]) -> None:
    """Replace what is known of a need that is still open."""
    await uow.execute(update(TrainingNeed).where(col(TrainingNeed.id) == need_id).values(**told))


async def close_need(uow: UnitOfWork, need_id: UUID, state: str) -> None:
    """Note what became of a need."""
    await uow.execute(update(TrainingNeed).where(col(TrainingNeed.id) == need_id).values(state=state))


async def modules_for(tx: Tx, topics: Sequence[str]) -> dict[str, list[str]]:
    """Return topic -> codes of the active modules that teach it."""
    wanted = select(col(TrainingModule.topic), col(TrainingModule.code)).where(col(TrainingModule.topic).in_(topics), col(TrainingModule.active))
    found: dict[str, list[str]] = {}
    for row in await tx.rows(wanted.order_by(col(TrainingModule.code))):
        found.setdefault(row["topic"], []).append(row["code"])
    return found


async def assignment_by_id(tx: Tx, assignment_id: UUID) -> TrainingAssignment:
    """Return an assignment; raises TrainingNotFound."""
    found = await tx.first(select(TrainingAssignment).where(col(TrainingAssignment.id) == assignment_id), TrainingAssignment)
    if found is None:
        raise TrainingNotFound(f"There is no assignment {assignment_id}.")
    return found


async def open_assignment(tx: Tx, agent_id: UUID, module: str) -> TrainingAssignment | None:
    """Return what an agent still has to learn of a module."""
    mine = (col(TrainingAssignment.agent_id) == agent_id, col(TrainingAssignment.module) == module, col(TrainingAssignment.completed_at).is_(None))
    return await tx.first(select(TrainingAssignment).where(*mine), TrainingAssignment)


async def assignments(tx: Tx, *, agent_id: UUID | None, is_open: bool | None, before: UUID | None, limit: int) -> list[TrainingAssignment]:
    """Return assignments, newest first."""
    wanted = select(TrainingAssignment).order_by(col(TrainingAssignment.id).desc()).limit(limit)
    if agent_id is not None:
        wanted = wanted.where(col(TrainingAssignment.agent_id) == agent_id)
    if is_open is not None:
        done = col(TrainingAssignment.completed_at)
        wanted = wanted.where(done.is_(None) if is_open else done.is_not(None))
    return await tx.all(wanted if before is None else wanted.where(col(TrainingAssignment.id) < before), TrainingAssignment)


async def hours(tx: Tx, agent_ids: Sequence[UUID] | None, since: datetime, until: datetime) -> list[Mapping[str, Any]]:
    """Return minutes per agent in a span, those with fewest first."""
    minutes = func.sum(col(TrainingHours.minutes)).label("minutes")
    wanted = select(col(TrainingHours.agent_id), minutes, func.count().label("entries")).where(
        col(TrainingHours.at) >= since, col(TrainingHours.at) < until
    )
    if agent_ids is not None:
        wanted = wanted.where(col(TrainingHours.agent_id).in_(agent_ids))
    grouped = wanted.group_by(col(TrainingHours.agent_id)).order_by(minutes, col(TrainingHours.agent_id)).limit(500)
    return [dict(row) for row in await tx.rows(grouped)]


async def ledger(tx: Tx, agent_id: UUID, *, before: UUID | None, limit: int) -> list[TrainingHours]:
    """Return an agent's lines, newest first."""
    wanted = select(TrainingHours).where(col(TrainingHours.agent_id) == agent_id).order_by(col(TrainingHours.id).desc()).limit(limit)
    return await tx.all(wanted if before is None else wanted.where(col(TrainingHours.id) < before), TrainingHours)


async def completions(tx: Tx, module: str, since: datetime, until: datetime) -> dict[UUID, datetime]:
    """Return who first completed a module in a span, and when."""
    first = func.min(col(TrainingAssignment.completed_at)).label("at")
    done = (col(TrainingAssignment.module) == module, col(TrainingAssignment.completed_at) >= since, col(TrainingAssignment.completed_at) < until)
    rows = await tx.rows(select(col(TrainingAssignment.agent_id), first).where(*done).group_by(col(TrainingAssignment.agent_id)))
    return {row["agent_id"]: row["at"] for row in rows}
