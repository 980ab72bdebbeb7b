"""Name something that agents can do."""

from typing import Literal

from services.kit.db import UnitOfWork
from services.kit.fields import Command, Name
from services.routing.models import Skill


class PutSkill(Command):
    """A skill's name, and what sort of skill it is."""

    name: Name
    category: Literal["product", "process", "tier", "location", "certification", "department", "other"]


async def put_skill(uow: UnitOfWork, key: str, command: PutSkill) -> Skill:
    """Create or rename a skill."""
    row = {"key": key, **command.model_dump()}
    await uow.upsert(Skill, row, key=("key",))
    return Skill.model_validate(row)
