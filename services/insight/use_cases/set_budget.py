"""What a department has for its own work in a year."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.insight.models import Budget
from services.kit.db import UnitOfWork
from services.kit.fields import Command

MOST = Decimal(10**12)


class SetBudget(Command):
    """The budget of a year in the installation's currency."""

    per_year: Annotated[Decimal, Field(gt=0, le=MOST, decimal_places=2)]


async def set_budget(uow: UnitOfWork, department: str, command: SetBudget) -> Budget:
    """Keep it; the newest holds."""
    kept = Budget(department=department, cents_a_year=int(command.per_year * 100))
    await uow.upsert(Budget, kept.model_dump(), key=("department",))
    return kept
