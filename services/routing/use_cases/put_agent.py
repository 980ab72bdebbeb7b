"""Say who serves, with which skills, in which languages, for how many contacts at once."""

import hashlib
import json
from typing import Annotated, Any

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Forbidden
from services.kit.fields import Code, Command, Language, Name, TimeZone
from services.kit.ids import new_id
from services.routing.domain.contact import Activity
from services.routing.domain.eligibility import language_skill
from services.routing.models import Agent
from services.routing.repository import agents, matching, policies
from services.routing.use_cases.change_activity import look_around, tell_agent_changed
from services.routing.use_cases.policy_words import standing_of
from services.routing.use_cases.queue_contact import refuse_unknown_skills

Level = Annotated[int, Field(ge=1, le=5)]
Places = Annotated[int, Field(ge=0, le=50)]


class OutsideYourLimits(Forbidden):
    """Your key is limited to some sites or vendors, and this is not one of them."""

    code = "outside_your_limits"


class PutAgent(Command):
    """An agent, whole: what is not named is taken away. Levels from 1 to 5; a language counts by its primary tag."""

    name: Name
    team: Name | None = None
    site: Name | None = None
    vendor: Name | None = None
    time_zone: TimeZone
    languages: Annotated[dict[Language, Level], Field(max_length=50)]
    skills: Annotated[dict[Code, Level], Field(max_length=200)]
    capacity: Annotated[dict[Code, Places], Field(max_length=20)]
    activity: Activity


async def put_agent(uow: UnitOfWork, external_id: str, command: PutAgent) -> Agent:
    """Create or replace an agent and match at once; raises UnknownSkill, OutsideYourLimits."""
    await matching.lock_dispatch(uow)
    known = await agents.any_agent_called(uow, external_id)
    mine = [agents.is_within_limits(uow.principal, each.site, each.vendor) for each in (command, known) if each is not None]
    if not all(mine):
        raise OutsideYourLimits("Your key is limited to other sites or vendors.")
    await refuse_unknown_skills(uow, list(command.skills), "/skills")
    agent_id = known.id if known else new_id()
    row = _row(command)
    if known is None:
        first = {"id": agent_id, "external_id": external_id, "version": 1, "misses": 0, "opportunity": 0.0, "changed_at": uow.now}
        await uow.insert(Agent, first | row)
    else:
        await agents.change(uow, agent_id, **row, misses=0)
    standing: dict[str, int] = {}
    for policy in await policies.in_use(uow):
        standing |= standing_of(row, policies.label(policy), policy.document)
    await agents.replace_skills(uow, agent_id, row["skills"] | standing)
    await agents.replace_capacity(uow, agent_id, command.capacity)
    await tell_agent_changed(uow, agent_id)
    await look_around(uow, await agents.agent(uow, agent_id), command.activity)
    return await agents.agent(uow, agent_id)


def _row(command: PutAgent) -> dict[str, Any]:
    skills: dict[str, int] = dict(command.skills)
    for language, level in command.languages.items():
        key = language_skill(language)
        skills[key] = max(level, skills.get(key, 0))
    alike = json.dumps([sorted(skills.items()), sorted(command.capacity)])
    row = command.model_dump(mode="json", exclude={"languages", "skills", "capacity"})
    return row | {"skills": skills, "group_key": hashlib.sha256(alike.encode()).hexdigest()[:40]}
