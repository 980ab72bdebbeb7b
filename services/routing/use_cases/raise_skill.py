"""What an agent has learned counts from now on."""

from services.kit.db import UnitOfWork
from services.knowledge.contract import TrainingCompleted
from services.routing.repository import agents, matching
from services.routing.use_cases.put_agent import change_skills


async def raise_skill(uow: UnitOfWork, event: TrainingCompleted) -> None:
    """Raise the skill to the level that the training gives, never lower it.

    A level that lapses with the training's refresher is given only to who had none: a lapse must not take away what the agent could do before.
    Agents and skills that routing does not know are none of its business.
    """
    if event.skill is None or event.skill_level is None or await agents.unknown_skills(uow, [event.skill]):
        return
    await matching.lock_dispatch(uow)
    agent = (await agents.agents_by_id(uow, [event.agent_id])).get(event.agent_id)
    if agent is None or agent.skills.get(event.skill, 0) >= event.skill_level:
        return
    skills, validity = dict(agent.skills), dict(agent.validity)
    lasting = event.valid_until is None or (event.skill in skills and event.skill not in validity)
    if lasting:
        skills[event.skill] = event.skill_level
        validity.pop(event.skill, None)
    else:
        until = event.valid_until.isoformat() if event.valid_until else None
        validity[event.skill] = {"level": event.skill_level, "from": None, "until": until}
    await agents.change(uow, agent.id, skills=skills, validity=validity)
    await change_skills(uow, agent.id)
