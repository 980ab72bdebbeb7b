"""Planned shifts, and what agents did."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, tuple_, update
from sqlalchemy import select as pick
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.ids import new_id
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.routing.models import Agent, AgentDoing, AgentShift
from services.routing.repository.agents import has_skills, within_limits

MOST_DOINGS = 20_000


class ShiftNotFound(NotFound):
    """The agent has no shift of this name."""

    code = "shift_not_found"


def _shown() -> Any:
    names = [getattr(AgentShift, name) for name in ("key", "version", "document", "changed_at")]
    return pick(col(Agent.external_id).label("agent"), *names).join(Agent, col(Agent.id) == col(AgentShift.agent_id))


async def shift(tx: Tx, agent_id: UUID, key: str) -> Any:
    """Return one shift; raises ShiftNotFound."""
    found = await tx.rows(_shown().where(col(AgentShift.agent_id) == agent_id, col(AgentShift.key) == key))
    if not found:
        raise ShiftNotFound(f"The agent has no shift {key}.")
    return found[0]


async def shifts_page(tx: Tx, agent: str | None, cursor: str | None, limit: int) -> Page[Any]:
    """List shifts by agent and key; of one agent, or of all at the sites and vendors of who asks."""
    statement = _shown().where(within_limits(tx.principal, Agent.site, Agent.vendor)).order_by(col(Agent.external_id), col(AgentShift.key))
    if agent is not None:
        statement = statement.where(col(Agent.external_id) == agent)
    if cursor is not None:
        name, key = decode_cursor(cursor, 2)
        behind = and_(col(Agent.external_id) == name, col(AgentShift.key) > key)
        statement = statement.where(or_(col(Agent.external_id) > name, behind))
    found = await tx.rows(statement.limit(limit + 1))
    following = encode_cursor(found[limit - 1]["agent"], found[limit - 1]["key"]) if len(found) > limit else None
    return Page[Any](items=found[:limit], next_cursor=following)


async def agents_called(tx: Tx, external_ids: Iterable[str]) -> dict[str, Agent]:
    """Return the agents of these names at the sites and vendors of who asks."""
    here = (col(Agent.external_id).in_(sorted(set(external_ids))), within_limits(tx.principal, Agent.site, Agent.vendor))
    return {each.external_id: each for each in await tx.all(select(Agent).where(*here), Agent)}


async def documents(tx: Tx, agent_ids: Iterable[UUID]) -> dict[UUID, dict[str, dict[str, Any]]]:
    """Return the agents' shifts by key, as they were said."""
    wanted = sorted(agent_ids)
    found: dict[UUID, dict[str, dict[str, Any]]] = {agent_id: {} for agent_id in wanted}
    names = [getattr(AgentShift, name) for name in ("agent_id", "key", "document")]
    for row in await tx.rows(pick(*names).where(col(AgentShift.agent_id).in_(wanted))):
        found[row["agent_id"]][row["key"]] = row["document"]
    return found


async def planned_of(tx: Tx, requirement: list[tuple[str, int]]) -> list[Any]:
    """Return every shift of the agents with these skills for whom a plan counts: agent, time zone, document."""
    columns = (col(AgentShift.agent_id), col(Agent.time_zone), col(AgentShift.document))
    here = (has_skills(requirement), col(Agent.plan_counts).is_(True), within_limits(tx.principal, Agent.site, Agent.vendor))
    return await tx.rows(pick(*columns).join(Agent, col(Agent.id) == col(AgentShift.agent_id)).where(*here))


async def put(uow: UnitOfWork, rows: dict[tuple[UUID, str], dict[str, Any]]) -> None:
    """Create or replace shifts; those that are said to be what they are keep their version."""
    here = tuple_(col(AgentShift.agent_id), col(AgentShift.key)).in_(list(rows))
    known = {(each.agent_id, each.key): each for each in await uow.all(select(AgentShift).where(here), AgentShift)}
    changed = {place: document for place, document in rows.items() if place not in known or known[place].document != document}
    await uow.execute(delete(AgentShift).where(tuple_(col(AgentShift.agent_id), col(AgentShift.key)).in_(list(changed))))
    versions = {place: known[place].version + 1 if place in known else 1 for place in changed}
    made = [
        {"agent_id": place[0], "key": place[1], "version": versions[place], "document": document, "changed_at": uow.now}
        for place, document in changed.items()
    ]
    await uow.insert(AgentShift, *made)


async def drop(uow: UnitOfWork, agent_id: UUID, key: str) -> None:
    """Forget a shift; raises ShiftNotFound."""
    if await uow.execute(delete(AgentShift).where(col(AgentShift.agent_id) == agent_id, col(AgentShift.key) == key)) == 0:
        raise ShiftNotFound(f"The agent has no shift {key}.")


async def note_doing(uow: UnitOfWork, agent_id: UUID, activity: str) -> None:
    """Keep what an agent does from now on."""
    still = (col(AgentDoing.agent_id) == agent_id, col(AgentDoing.ends_at).is_(None))
    await uow.execute(update(AgentDoing).where(*still).values(ends_at=uow.now))
    await uow.insert(AgentDoing, {"id": new_id(), "agent_id": agent_id, "activity": activity, "begins_at": uow.now, "ends_at": None})


async def known_from(tx: Tx, agent_id: UUID) -> datetime | None:
    """Return since when it is known what an agent did; None when nothing is."""
    found: datetime | None = await tx.scalar(pick(func.min(col(AgentDoing.begins_at))).where(col(AgentDoing.agent_id) == agent_id))
    return found


async def doings(tx: Tx, agent_id: UUID, begin: datetime, end: datetime) -> list[AgentDoing]:
    """Return what an agent did between two moments, oldest first."""
    here = (col(AgentDoing.agent_id) == agent_id, col(AgentDoing.begins_at) < end)
    still = or_(col(AgentDoing.ends_at).is_(None), col(AgentDoing.ends_at) > begin)
    return await tx.all(select(AgentDoing).where(*here, still).order_by(col(AgentDoing.begins_at)).limit(MOST_DOINGS), AgentDoing)
