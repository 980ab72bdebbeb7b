"""Agents, their skills and their places."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, or_, true, update
from sqlalchemy import select as pick
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.routing.domain.contact import is_routable
from services.routing.domain.eligibility import PREFER_PREFIX, STEP_PREFIX
from services.routing.domain.shifts import RESTING, may_be_asked
from services.routing.models import Agent, AgentChannel, AgentSkill, Skill


class AgentNotFound(NotFound):
    """There is no such agent, or not at your sites and vendors."""

    code = "agent_not_found"


def within_limits(principal: Principal | None, site: Any, vendor: Any) -> ColumnElement[bool]:
    """Return the condition that a row belongs to the principal's sites and vendors; rows of no site are for the unlimited only."""
    if principal is None:
        return true()
    limits = []
    if principal.sites is not None:
        limits.append(col(site).in_(sorted(principal.sites)))
    if principal.vendors is not None:
        limits.append(col(vendor).in_(sorted(principal.vendors)))
    return and_(true(), *limits)


def is_within_limits(principal: Principal | None, site: str | None, vendor: str | None) -> bool:
    """Tell the same of one row."""
    if principal is None:
        return True
    return (principal.sites is None or site in principal.sites) and (principal.vendors is None or vendor in principal.vendors)


def _visible(tx: Tx) -> Select[Any]:
    return select(Agent).where(within_limits(tx.principal, Agent.site, Agent.vendor))


async def agent(tx: Tx, agent_id: UUID) -> Agent:
    """Return an agent by id; raises AgentNotFound."""
    found = await tx.first(select(Agent).where(col(Agent.id) == agent_id), Agent)
    if found is None:
        raise AgentNotFound(f"There is no agent {agent_id}.")
    return found


async def agent_called(tx: Tx, external_id: str) -> Agent:
    """Return an agent by the name that the organisation gives; raises AgentNotFound."""
    found = await tx.first(_visible(tx).where(col(Agent.external_id) == external_id), Agent)
    if found is None:
        raise AgentNotFound("There is no agent of this name.")
    return found


async def any_agent_called(tx: Tx, external_id: str) -> Agent | None:
    """Return an agent whatever the principal's limits; None when there is none."""
    return await tx.first(select(Agent).where(col(Agent.external_id) == external_id), Agent)


async def agents_page(tx: Tx, cursor: str | None, limit: int) -> Page[Agent]:
    """List agents by external id."""
    statement = _visible(tx).order_by(col(Agent.external_id)).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(Agent.external_id) > decode_cursor(cursor, 1)[0])
    found = await tx.all(statement, Agent)
    following = encode_cursor(found[limit - 1].external_id) if len(found) > limit else None
    return Page[Agent](items=found[:limit], next_cursor=following)


async def agents_by_id(tx: Tx, agent_ids: Iterable[UUID]) -> dict[UUID, Agent]:
    """Return the agents with these ids."""
    found = await tx.all(select(Agent).where(col(Agent.id).in_(list(agent_ids))), Agent)
    return {each.id: each for each in found}


async def unknown_skills(tx: Tx, keys: Iterable[str]) -> list[str]:
    """Return the keys that no skill has."""
    wanted = set(keys)
    if not wanted:
        return []
    known = await tx.rows(select(col(Skill.key)).where(col(Skill.key).in_(wanted)))
    return sorted(wanted - {row["key"] for row in known})


async def skills_page(tx: Tx, cursor: str | None, limit: int) -> Page[Skill]:
    """List skills by key."""
    statement = select(Skill).order_by(col(Skill.key)).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(Skill.key) > decode_cursor(cursor, 1)[0])
    found = await tx.all(statement, Skill)
    following = encode_cursor(found[limit - 1].key) if len(found) > limit else None
    return Page[Skill](items=found[:limit], next_cursor=following)


async def channels_of(tx: Tx, agent_id: UUID) -> list[AgentChannel]:
    """Return the agent's places per channel."""
    return await tx.all(select(AgentChannel).where(col(AgentChannel.agent_id) == agent_id), AgentChannel)


async def replace_skills(uow: UnitOfWork, agent_id: UUID, skills: dict[str, int]) -> None:
    """Make the agent's skills exactly these."""
    await uow.execute(delete(AgentSkill).where(col(AgentSkill.agent_id) == agent_id))
    await uow.insert(AgentSkill, *({"agent_id": agent_id, "skill": skill, "level": level} for skill, level in skills.items()))


async def everybody(tx: Tx) -> list[Any]:
    """Return of all agents what a policy may read."""
    names = ("id", "skills", "team", "site", "vendor", "time_zone")
    return await tx.rows(pick(*(getattr(Agent, name) for name in names)).order_by(col(Agent.id)))


async def add_standing(uow: UnitOfWork, agent_id: UUID, levels: dict[str, int]) -> None:
    """Add how an agent stands to a policy to the index of skills."""
    await uow.insert(AgentSkill, *({"agent_id": agent_id, "skill": skill, "level": level} for skill, level in levels.items()))


async def standings(tx: Tx, agent_ids: Iterable[UUID] | None) -> list[Any]:
    """Return how these agents stand to policies, as skills; None: all agents."""
    names = [getattr(AgentSkill, name) for name in ("agent_id", "skill", "level")]
    kinds = or_(*(col(AgentSkill.skill).startswith(prefix) for prefix in (STEP_PREFIX, PREFER_PREFIX)))
    statement = pick(*names).where(kinds).order_by(col(AgentSkill.agent_id), col(AgentSkill.skill))
    return await tx.rows(statement if agent_ids is None else statement.where(tx.among(col(AgentSkill.agent_id), list(agent_ids))))


async def replace_capacity(uow: UnitOfWork, agent_id: UUID, capacity: dict[str, int]) -> None:
    """Make the agent's places exactly these; what is held now stays held."""
    known = {each.channel for each in await channels_of(uow, agent_id)}
    for channel in sorted(known | capacity.keys()):
        maximum = capacity.get(channel, 0)
        if channel in known:
            here = and_(col(AgentChannel.agent_id) == agent_id, col(AgentChannel.channel) == channel)
            await uow.execute(update(AgentChannel).where(here).values(maximum=maximum))
        else:
            row = {"agent_id": agent_id, "channel": channel, "maximum": maximum, "used": 0, "idle_since": uow.now}
            await uow.insert(AgentChannel, row)


async def take_place(uow: UnitOfWork, agent_id: UUID, channel: str) -> bool:
    """Take one place of the agent's capacity; False when none is left (two transactions can never both get the last one)."""
    here = and_(col(AgentChannel.agent_id) == agent_id, col(AgentChannel.channel) == channel)
    free = col(AgentChannel.used) < col(AgentChannel.maximum)
    return await uow.execute(update(AgentChannel).where(here, free).values(used=AgentChannel.used + 1)) == 1


async def free_place(uow: UnitOfWork, agent_id: UUID, channel: str) -> None:
    """Give one place back; the agent is idle from now."""
    here = and_(col(AgentChannel.agent_id) == agent_id, col(AgentChannel.channel) == channel)
    held = col(AgentChannel.used) > 0
    await uow.execute(update(AgentChannel).where(here, held).values(used=AgentChannel.used - 1, idle_since=uow.now))


def has_skills(requirement: Sequence[tuple[str, int]]) -> ColumnElement[bool]:
    """Return the condition that an agent has every skill at its level, answered by the index on (skill, level)."""
    conditions = [
        col(Agent.id).in_(select(col(AgentSkill.agent_id)).where(col(AgentSkill.skill) == skill, col(AgentSkill.level) >= level))
        for skill, level in requirement
    ]
    return and_(true(), *conditions)


OFF_PLAN = "off_plan"
"""Who would be available, were it not outside of planned shifts or in a planned break."""


async def count_by_activity(tx: Tx, requirement: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Count the agents with these skills by activity; those whom the plan keeps from being asked as OFF_PLAN."""
    names = [getattr(Agent, name) for name in ("activity", "plan_counts", "planned")]
    here = (has_skills(requirement), within_limits(tx.principal, Agent.site, Agent.vendor))
    counts: dict[str, int] = {}
    for row in await tx.rows(pick(*names, func.count().label("agents")).where(*here).group_by(*names)):
        kept = is_routable(row["activity"]) and not may_be_asked(row["planned"], plan_counts=row["plan_counts"])
        activity = OFF_PLAN if kept else row["activity"]
        counts[activity] = counts.get(activity, 0) + row["agents"]
    return counts


async def count_free(tx: Tx, requirement: Sequence[tuple[str, int]], channels: Sequence[str]) -> int:
    """Count the agents with these skills who may be asked and have a free place in one of the channels."""
    free = select(col(AgentChannel.agent_id)).where(col(AgentChannel.channel).in_(channels), col(AgentChannel.used) < col(AgentChannel.maximum))
    statement = (
        select(func.count())
        .select_from(Agent)
        .where(
            col(Agent.activity) == "available",
            or_(col(Agent.plan_counts).is_(False), col(Agent.planned).not_in(RESTING)),
            has_skills(requirement),
            col(Agent.id).in_(free),
            within_limits(tx.principal, Agent.site, Agent.vendor),
        )
    )
    return int(await tx.scalar(statement))


async def note_miss(uow: UnitOfWork, agent_id: UUID) -> int:
    """Count one more offer in a row that ran out; return how many."""
    await uow.execute(update(Agent).where(col(Agent.id) == agent_id).values(misses=Agent.misses + 1))
    return (await agent(uow, agent_id)).misses


async def forget_misses(uow: UnitOfWork, agent_id: UUID) -> None:
    """Start counting anew: the agent answered."""
    await uow.execute(update(Agent).where(col(Agent.id) == agent_id, col(Agent.misses) > 0).values(misses=0))


async def change(uow: UnitOfWork, agent_id: UUID, **values: Any) -> None:
    """Change columns of an agent and count the version up."""
    values |= {"version": Agent.version + 1, "changed_at": uow.now}
    await uow.execute(update(Agent).where(col(Agent.id) == agent_id).values(**values))


async def start_idling(uow: UnitOfWork, agent_id: UUID) -> None:
    """An agent who comes back has been idle since now."""
    await uow.execute(update(AgentChannel).where(col(AgentChannel.agent_id) == agent_id).values(idle_since=uow.now))
