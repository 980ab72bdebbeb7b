"""Write down how something is done, and which reasons of contacts show that a step fails."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from services.kit.db import UnitOfWork
from services.kit.fields import Code, Command, Line
from services.knowledge.models import ProcessMap
from services.knowledge.repository.processes import map_by_code, map_or_none
from services.knowledge.use_cases.keep_article import actor


class WriteStep(Command):
    """One step."""

    code: Code
    title: Line
    department: Line | None = None
    drivers: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    """Contacts about these say that the step fails."""
    waits_hours: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """How long things usually wait before this step; None when nobody measured it."""
    leads_to: Annotated[tuple[Code, ...], Field(max_length=12)] = ()


class WriteProcessMap(Command):
    """A whole process."""

    title: Line
    steps: Annotated[tuple[WriteStep, ...], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        codes = [step.code for step in self.steps]
        if len(set(codes)) != len(codes):
            raise ValueError("two steps have one code")
        lost = sorted({to for step in self.steps for to in step.leads_to} - set(codes))
        if lost:
            raise ValueError(f"a step leads to {lost[0]}, which is no step of this process")
        counted = [driver for step in self.steps for driver in step.drivers]
        if len(set(counted)) != len(counted):
            raise ValueError("a driver belongs to one step of a process, or its contacts would count twice")
        return self


async def write_process_map(uow: UnitOfWork, code: str, command: WriteProcessMap) -> ProcessMap:
    """Create or replace a process."""
    known = await map_or_none(uow, code)
    row = {
        "code": code,
        "title": command.title,
        "steps": [step.model_dump(mode="json") for step in command.steps],
        "version": (known.version if known else 0) + 1,
        "changed_by": actor(uow),
        "changed_at": uow.now,
    }
    await uow.upsert(ProcessMap, row, key=("code",))
    return await map_by_code(uow, code)
