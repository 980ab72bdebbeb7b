"""A process is drawn, or drawn anew."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from services.insight.models import ProcessMap
from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command, Name


class DriverTwice(Refused):
    """A driver belongs to one step, so that no contact is counted twice."""

    code = "process_driver_twice"


class ProcessStep(Command):
    """One step, and the drivers that tell of trouble in it."""

    key: Code
    name: Name
    drivers: Annotated[list[Code], Field(max_length=50)] = Field(default_factory=list)


class DrawProcess(Command):
    """A process: its steps in the order in which a customer goes through them."""

    name: Name
    steps: Annotated[list[ProcessStep], Field(min_length=1, max_length=30)]


async def draw_process(uow: UnitOfWork, key: str, command: DrawProcess) -> ProcessMap:
    """Keep it; raises DriverTwice."""
    seen: set[str] = set()
    for place, step in enumerate(command.steps):
        twice = seen.intersection(step.drivers) or {driver for driver in step.drivers if step.drivers.count(driver) > 1}
        if twice:
            raise DriverTwice(f"{', '.join(sorted(twice))} stands in more than one place.", pointer=f"/steps/{place}/drivers")
        seen.update(step.drivers)
    old = await uow.first(select(ProcessMap).where(col(ProcessMap.key) == key), ProcessMap)
    steps = [step.model_dump() for step in command.steps]
    drawn = ProcessMap(key=key, name=command.name, steps=steps, version=old.version + 1 if old else 1, changed_at=uow.now)
    await uow.upsert(ProcessMap, drawn.model_dump(), key=("key",))
    return drawn
