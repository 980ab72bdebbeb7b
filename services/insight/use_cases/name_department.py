"""A department has a name."""

from services.insight.models import Department
from services.kit.db import UnitOfWork
from services.kit.fields import Command, Name


class NameDepartment(Command):
    """What to call a department on its statement."""

    name: Name


async def name_department(uow: UnitOfWork, key: str, command: NameDepartment) -> Department:
    """Create the department or give it another name."""
    await uow.upsert(Department, {"key": key, "name": command.name}, key=("key",))
    return Department(key=key, name=command.name)
