"""Say who serves, with which skills, in which languages, for how many contacts at once."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Forbidden, Refused
from services.kit.fields import Code, Command, Instant, Language, Name, TimeZone
from services.kit.ids import new_id
from services.routing.domain.contact import Activity
from services.routing.domain.eligibility import language_skill
from services.routing.domain.shifts import Planned
from services.routing.domain.validity import next_change, valid_now
from services.routing.models import Agent
from services.routing.repository import agents, matching, policies, shifts
from services.routing.use_cases.change_activity import look_around
from services.routing.use_cases.follow_plan import follow_plans
from services.routing.use_cases.policy_words import standing_of
from services.routing.use_cases.queue_contact import refuse_unknown_skills

SKILLS_CHANGE = "skills_change"
Level = Annotated[int, Field(ge=1, le=5)]
Places = Annotated[int, Field(ge=0, le=50)]


class OutsideYourLimits(Forbidden):
    """Your key is limited to some sites or vendors, and this is not one of them."""

    code = "outside_your_limits"


class NoSuchSkill(Refused):
    """A validity is given for a skill that the agent does not have."""

    code = "validity_without_skill"


class Validity(Command):
    """From and until when a skill counts, such as a certificate or a training that ends; None: without limit."""

    valid_from: Instant | None = None
    valid_until: Instant | None = None


class PutAgent(Command):
    """An agent, whole: what is not named is taken away. Levels from 1 to 5; a language counts by its primary tag."""

    name: Name
    team: Name | None = None
    site: Name | None = None
    vendor: Name | None = None
    time_zone: TimeZone
    languages: Annotated[dict[Language, Level], Field(max_length=50)]
    skills: Annotated[dict[Code, Level], Field(max_length=200)]
    validity: dict[Code, Validity] = Field(default_factory=dict, max_length=200)
    capacity: Annotated[dict[Code, Places], Field(max_length=20)]
    activity: Activity
    plan_counts: bool = True
    """Whether an agent with planned shifts is asked in them alone. Who has no shifts is asked whenever available."""


async def put_agent(uow: UnitOfWork, external_id: str, command: PutAgent) -> Agent:
    """Create or replace an agent and match at once; raises UnknownSkill, OutsideYourLimits."""
    await matching.lock_dispatch(uow)
    known = await agents.any_agent_called(uow, external_id)
    mine = [agents.is_within_limits(uow.principal, each.site, each.vendor) for each in (command, known) if each is not None]
    if not all(mine):
        raise OutsideYourLimits("Your key is limited to other sites or vendors.")
    await refuse_unknown_skills(uow, list(command.skills), "/skills")
    for skill in command.validity:
        if skill not in command.skills:
            raise NoSuchSkill(f"The agent has no skill {skill}.", pointer=f"/validity/{skill}")
    agent_id = known.id if known else new_id()
    row = _row(command, uow.now)
    if known is None:
        first = {"id": agent_id, "external_id": external_id, "version": 1, "misses": 0, "opportunity": 0.0, "changed_at": uow.now}
        await uow.insert(Agent, first | {"planned": Planned.NONE.value, "shift_ends_at": None} | row)
    else:
        await agents.change(uow, agent_id, **row, misses=0)
    await put_skills(uow, agent_id, row)
    await agents.replace_capacity(uow, agent_id, command.capacity)
    if known is None or known.activity != command.activity:
        await shifts.note_doing(uow, agent_id, command.activity.value)
    await look_around(uow, await agents.agent(uow, agent_id))
    await follow_plans(uow, [await agents.agent(uow, agent_id)])
    return await agents.agent(uow, agent_id)


async def put_skills(uow: UnitOfWork, agent_id: UUID, row: Mapping[str, Any]) -> None:
    """Make these the agent's skills, with how they stand to every policy in use, and look again when a validity begins or ends."""
    standing: dict[str, int] = {}
    for policy in await policies.in_use(uow):
        standing |= standing_of(row, policies.label(policy), policy.document)
    await agents.replace_skills(uow, agent_id, row["skills"] | standing)
    moment = next_change(row["validity"], uow.now)
    if moment is None:
        await uow.cancel(SKILLS_CHANGE, key=str(agent_id))
    else:
        await uow.schedule(SKILLS_CHANGE, key=str(agent_id), at=moment)


async def change_skills(uow: UnitOfWork, agent_id: UUID) -> None:
    """A validity has begun or ended: the agent's skills are those that count now."""
    await matching.lock_dispatch(uow)
    agent = await agents.agent(uow, agent_id)
    lasting = {skill: level for skill, level in agent.skills.items() if skill not in agent.validity}
    row = agent.model_dump() | {"skills": lasting | valid_now(agent.validity, uow.now)}
    await agents.change(uow, agent_id, skills=row["skills"])
    await put_skills(uow, agent_id, row)
    await look_around(uow, await agents.agent(uow, agent_id))


def _row(command: PutAgent, now: datetime) -> dict[str, Any]:
    limits = {
        skill: {
            "level": command.skills[skill],
            "from": each.valid_from.isoformat() if each.valid_from else None,
            "until": each.valid_until.isoformat() if each.valid_until else None,
        }
        for skill, each in command.validity.items()
    }
    skills: dict[str, int] = {skill: level for skill, level in command.skills.items() if skill not in limits} | valid_now(limits, now)
    for language, level in command.languages.items():
        key = language_skill(language)
        skills[key] = max(level, skills.get(key, 0))
    alike = json.dumps([sorted(skills.items()), sorted(command.capacity)])
    row = command.model_dump(mode="json", exclude={"languages", "skills", "capacity", "validity"})
    return row | {"skills": skills, "validity": limits, "group_key": hashlib.sha256(alike.encode()).hexdigest()[:40]}
