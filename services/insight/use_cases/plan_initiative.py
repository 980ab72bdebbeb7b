"""Somebody takes it on to remove a cause."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.insight.domain.effect import slices
from services.insight.domain.rasic import unclear
from services.insight.models import Initiative, InitiativeEvidence
from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command, Instant, Language, Line, Name
from services.kit.ids import new_id

MOST_NAMES = 50
MOST_LANGUAGES = 40
MOST_EVIDENCE = 100
Names = Annotated[list[Name], Field(max_length=MOST_NAMES)]
Messages = Annotated[dict[Language, Line], Field(max_length=MOST_LANGUAGES)]


class RasicUnclear(Refused):
    """Exactly one person is accountable, and nobody but the responsible one may be that person too: one person, one part."""

    code = "rasic_unclear"


class ControlSame(Refused):
    """A control is a part of the business that the change does not touch: it cannot be the part that it touches."""

    code = "initiative_control_same"


class DatesUnclear(Refused):
    """A baseline begins before it ends, and the change is due after it."""

    code = "initiative_dates_unclear"


class Target(Command):
    """The figure that the initiative should move, and the value to reach: a share from 0 to 1, or -100 to 100 for nps."""

    metric: Literal["csat", "dsat", "nps", "ces", "resolution"]
    value: Annotated[float, Field(ge=-100, le=100)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.metric != "nps" and not 0 <= self.value <= 1:
            raise ValueError("the target of a share lies between 0 and 1")
        return self


class Slice(Command):
    """A part of the business; what is not named does not narrow."""

    driver: Code | None = None
    site: Name | None = None
    vendor: Name | None = None
    team: Name | None = None
    product: Code | None = None
    segment: Name | None = None

    def filters(self) -> dict[str, str]:
        """Return what is named."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class Control(Command):
    """With what it is compared: the slice that the change does not touch, and, when it does not touch everything, where it is made.

    Both are about the initiative's driver unless they name another.
    """

    against: Slice
    where: Slice = Field(default_factory=Slice)


class PlanInitiative(Command):
    """A change, who does what for it, and how it will be proven."""

    title: Name
    driver: Code
    department: Code | None = None
    responsible: Name
    accountable: Name
    supports: Names = Field(default_factory=list)
    informed: Names = Field(default_factory=list)
    consulted: Names = Field(default_factory=list)
    target: Target
    baseline_from: Instant
    baseline_to: Instant
    due: Instant
    messages: Messages = Field(default_factory=dict)
    evidence: Annotated[list[UUID], Field(max_length=MOST_EVIDENCE)] = Field(default_factory=list)
    """Follow-ups and feedback items that it answers."""
    control: Control | None = None


def _check(command: PlanInitiative) -> None:
    others = {"supporting": command.supports, "informed": command.informed, "consulted": command.consulted}
    wrong = unclear(accountable=command.accountable, responsible=command.responsible, others=dict(others))
    if wrong is not None:
        raise RasicUnclear(wrong, pointer="/accountable")
    if not command.baseline_from < command.baseline_to < command.due:
        raise DatesUnclear("Needed: baseline_from before baseline_to before due.", pointer="/baseline_from")
    if (
        command.control is not None
        and slices(command.driver, command.control.model_dump())[0] == slices(command.driver, command.control.model_dump())[1]
    ):
        raise ControlSame("Name a driver, site, vendor, team, product or segment that the change does not touch.", pointer="/control/against")


async def plan_initiative(uow: UnitOfWork, command: PlanInitiative) -> Initiative:
    """Keep the plan; nothing is told to anybody yet."""
    _check(command)
    now: datetime = uow.now
    planned = Initiative(
        id=new_id(),
        title=command.title,
        driver=command.driver,
        department=command.department,
        responsible=command.responsible,
        accountable=command.accountable,
        supports=command.supports,
        informed=command.informed,
        consulted=command.consulted,
        target=command.target.model_dump(),
        baseline_from=command.baseline_from,
        baseline_to=command.baseline_to,
        due=command.due,
        messages=dict(command.messages),
        state="planned",
        created_at=now,
        created_by=uow.principal.subject if uow.principal else "house",
        started_at=None,
        published_at=None,
        evidence=[str(one) for one in dict.fromkeys(command.evidence)],
        control=command.control.model_dump() if command.control else None,
        version=1,
    )
    await uow.insert(Initiative, planned.model_dump())
    await uow.insert(InitiativeEvidence, *({"initiative_id": planned.id, "subject_id": one} for one in dict.fromkeys(command.evidence)))
    return planned
