"""Set up a line of contacts: its channels, promise, hours, what it wants from agents and how that loosens."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command, Name, TimeZone
from services.routing.domain.index import starvation_cap_s
from services.routing.models import Queue
from services.routing.repository import policies, queues
from services.routing.use_cases.queue_contact import Need, refuse_unknown_skills

DEFAULTS = {"cool_down_seconds": 60, "offer_seconds": 20, "misses_allowed": 2, "expected_handle_seconds": 300}
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=0, le=6)]


class RelaxesNothing(Refused):
    """A relax step must name a skill that the queue wants, and want less of it than before."""

    code = "relaxes_nothing"


class UnknownPolicy(Refused):
    """The policy that the queue names does not exist."""

    code = "unknown_routing_policy"


class Relaxation(Command):
    """After `after_s` seconds either `drop` a skill or want `skill` only at `level`."""

    after_s: Annotated[int, Field(ge=1, le=604_800)]
    drop: Code | None = None
    skill: Code | None = None
    level: Annotated[int, Field(ge=1, le=4)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.drop is None) == (self.skill is None) or (self.skill is None) != (self.level is None):
            raise ValueError("needs either drop, or skill and level")
        return self

    def row(self) -> list[Any]:
        """Return the step as it is stored; level 0 drops."""
        return [self.after_s, self.drop or self.skill, self.level or 0]


class OpeningHours(Command):
    """Local hours; weekdays with 0 for Monday. Without hours a queue is always open."""

    time_zone: TimeZone
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    opens: ClockTime
    closes: ClockTime
    holidays: list[date] = Field(default_factory=list, max_length=400)
    """Local days on which the queue stays closed."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens must be before closes")
        return self


class PutQueue(Command):
    """A queue. `weight` multiplies its index; `starvation_seconds` is the wait beyond which age alone decides (None: 15 SLAs, at least 300 s)."""

    name: Name
    channels: Annotated[list[Code], Field(min_length=1, max_length=20)]
    sla_seconds: Annotated[int, Field(ge=1, le=604_800)]
    sla_share: Annotated[float, Field(gt=0, le=1)]
    wrap_up_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    expected_handle_seconds: Annotated[int, Field(ge=1, le=86_400)] = DEFAULTS["expected_handle_seconds"]
    starvation_seconds: Annotated[int, Field(ge=1, le=2_592_000)] | None = None
    offer_seconds: Annotated[int, Field(ge=5, le=86_400)] = DEFAULTS["offer_seconds"]
    cool_down_seconds: Annotated[int, Field(ge=0, le=86_400)] = DEFAULTS["cool_down_seconds"]
    misses_allowed: Annotated[int, Field(ge=1, le=100)] = DEFAULTS["misses_allowed"]
    department: Code | None = None
    hours: OpeningHours | None = None
    requires: list[Need] = Field(default_factory=list, max_length=10)
    relax: list[Relaxation] = Field(default_factory=list, max_length=10)
    prefer: list[Need] = Field(default_factory=list, max_length=10)
    """Skills that are welcome but not wanted: who has them all counts for as much as 120 s of idling more."""
    shift_end_allowance_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    """An agent whose shift ends soon gets no contact that is expected to outlast it by more than this. None: the end of a shift does not matter."""
    policy: Code | None = None
    """Policy whose newest version is given to every contact that comes; see PUT /routing/v1/policies/{key}."""
    sticky_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    """How long a contact of a known case waits for the agent who had the case last, before anybody else is asked."""


async def put_queue(uow: UnitOfWork, key: str, command: PutQueue) -> Queue:
    """Create or replace a queue. Contacts that wait keep the policy under which they came."""
    await refuse_unknown_skills(uow, [need.skill for need in command.requires], "/requires")
    await refuse_unknown_skills(uow, [need.skill for need in command.prefer], "/prefer")
    _refuse_idle_steps(command)
    if command.policy is not None and await policies.latest(uow, command.policy) is None:
        raise UnknownPolicy(f"There is no policy {command.policy}. Make it with PUT /routing/v1/policies/{command.policy}.", pointer="/policy")
    row = command.model_dump(exclude={"hours"}) | {
        "hours": None if command.hours is None else command.hours.model_dump(mode="json"),
        "requires": [[need.skill, need.level] for need in command.requires],
        "relax": [step.row() for step in command.relax],
        "prefer": [[need.skill, need.level] for need in command.prefer],
        "starvation_seconds": command.starvation_seconds or starvation_cap_s(command.sla_seconds),
    }
    await store_queue(uow, key, row)
    return await queues.queue(uow, key)


async def store_queue(uow: UnitOfWork, key: str, row: dict[str, Any]) -> None:
    """Write the settings of a queue; what it has learned stays."""
    learned = {"version": 1, "service_level": row["sla_share"], "handled": 0, "handled_seconds": 0.0}
    if not await uow.insert_ignore(Queue, {"key": key} | row | learned):
        await queues.change(uow, key, row)


def _refuse_idle_steps(command: PutQueue) -> None:
    wanted = {need.skill: need.level for need in command.requires}
    for number, step in sorted(enumerate(command.relax), key=lambda each: each[1].after_s):
        _, skill, level = step.row()
        if level >= wanted.get(skill, 0):
            raise RelaxesNothing(f"Step after {step.after_s} s wants no less of {skill} than before.", pointer=f"/relax/{number}")
        wanted[skill] = level
