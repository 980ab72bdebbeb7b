"""Say when an agent is planned to work: one shift, or many at once."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command, Instant, Reference, TimeZone
from services.routing.domain.shift_documents import shift_of
from services.routing.domain.shifts import sample
from services.routing.models import Agent
from services.routing.repository import agents, matching, shifts
from services.routing.use_cases.follow_plan import follow_plans
from services.routing.use_cases.put_queue import ClockTime, Weekday
from services.routing.use_cases.queue_contact import UnknownAgent

MOST_SHIFTS = 400
"""Of one agent."""
LONGEST = timedelta(hours=24)
Day = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2199, 12, 31))]


class ImpossibleShift(Refused):
    """A shift ends after it begins and lasts at most 24 hours; its breaks lie in it, one after the other; it is either weekly or dated."""

    code = "impossible_shift"


class TooManyShifts(Refused):
    """The agent has as many shifts as there may be; delete those that are over."""

    code = "too_many_shifts"


class ClockBreak(Command):
    """A break in local time."""

    starts: ClockTime
    ends: ClockTime


class WeeklyShift(Command):
    """A shift of every week in local time, weekdays with 0 for Monday. `ends` at or before `starts` is on the next day."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    starts: ClockTime
    ends: ClockTime
    first_day: Day
    last_day: Day | None = None
    """None: until it is changed."""
    except_days: list[Day] = Field(default_factory=list, max_length=400)
    """Local days on which it does not begin, such as holidays and leave."""
    breaks: list[ClockBreak] = Field(default_factory=list, max_length=10)


class MomentBreak(Command):
    """A break between two moments."""

    starts_at: Instant
    ends_at: Instant


class DatedShift(Command):
    """One shift between two moments."""

    starts_at: Instant
    ends_at: Instant
    breaks: list[MomentBreak] = Field(default_factory=list, max_length=10)


class PutShift(Command):
    """Either `weekly` or `dated`. Local times are those of `time_zone`, or of the agent when it is left out."""

    weekly: WeeklyShift | None = None
    dated: DatedShift | None = None
    time_zone: TimeZone | None = None


class AgentShiftOrder(PutShift):
    """One shift of one agent."""

    agent: Reference
    key: Code


class PutShifts(Command):
    """Many shifts of many agents: all are stored, or none."""

    shifts: Annotated[list[AgentShiftOrder], Field(min_length=1, max_length=1_000)]


async def put_shift(uow: UnitOfWork, external_id: str, key: str, command: PutShift) -> Any:
    """Create or replace a shift; it counts at once. Raises AgentNotFound, ImpossibleShift, TooManyShifts."""
    await matching.lock_dispatch(uow)
    agent = await agents.agent_called(uow, external_id)
    await _store(uow, {external_id: agent}, [(agent.id, key, command, "")])
    return await shifts.shift(uow, agent.id, key)


async def put_shifts(uow: UnitOfWork, command: PutShifts) -> dict[str, int]:
    """Create or replace many; a refusal names the place in the list. Raises UnknownAgent, ImpossibleShift, TooManyShifts."""
    await matching.lock_dispatch(uow)
    known = await shifts.agents_called(uow, [each.agent for each in command.shifts])
    told: list[tuple[UUID, str, PutShift, str]] = []
    for number, each in enumerate(command.shifts):
        if each.agent not in known:
            raise UnknownAgent(f"There is no agent {each.agent}.", pointer=f"/shifts/{number}/agent")
        told.append((known[each.agent].id, each.key, each, f"/shifts/{number}"))
    await _store(uow, known, told)
    return {"stored": len({(agent_id, key) for agent_id, key, _, _ in told}), "agents": len(known)}


async def remove_shift(uow: UnitOfWork, external_id: str, key: str) -> None:
    """Forget a shift; who has none left has no plan. Raises AgentNotFound, ShiftNotFound."""
    await matching.lock_dispatch(uow)
    agent = await agents.agent_called(uow, external_id)
    await shifts.drop(uow, agent.id, key)
    await follow_plans(uow, [agent])


async def _store(uow: UnitOfWork, whose: dict[str, Agent], told: list[tuple[UUID, str, PutShift, str]]) -> None:
    rows = {}
    for agent_id, key, command, pointer in told:
        _refuse_impossible(command, pointer)
        rows[agent_id, key] = command.model_dump(mode="json", include={"weekly", "dated", "time_zone"})
    before = await shifts.documents(uow, [agent.id for agent in whose.values()])
    for agent in whose.values():
        if len(before[agent.id].keys() | {key for agent_id, key in rows if agent_id == agent.id}) > MOST_SHIFTS:
            raise TooManyShifts(f"Agent {agent.external_id} would have more than {MOST_SHIFTS} shifts.")
    await shifts.put(uow, rows)
    await follow_plans(uow, list(whose.values()))


def _refuse_impossible(command: PutShift, pointer: str) -> None:
    if (command.weekly is None) == (command.dated is None):
        raise ImpossibleShift("Say either weekly or dated.", pointer=f"{pointer}/weekly")
    kind = "dated" if command.weekly is None else "weekly"
    if command.weekly is not None and command.weekly.last_day is not None and command.weekly.last_day < command.weekly.first_day:
        raise ImpossibleShift("The last day is before the first.", pointer=f"{pointer}/weekly/last_day")
    turn = sample(shift_of(command.model_dump(mode="json"), "UTC"))
    if kind == "dated" and not timedelta() < turn.work.ends - turn.work.begins <= LONGEST:
        raise ImpossibleShift("A shift ends after it begins, at most 24 hours later.", pointer=f"{pointer}/dated/ends_at")
    for number, each in enumerate(turn.breaks):
        if each.begins < turn.work.begins or each.ends > turn.work.ends or each.ends <= each.begins:
            raise ImpossibleShift("A break ends after it begins, and lies in its shift.", pointer=f"{pointer}/{kind}/breaks/{number}")
    for number, (earlier, later) in enumerate(pairwise(turn.breaks)):
        if later.begins < earlier.ends:
            raise ImpossibleShift("Breaks come one after the other.", pointer=f"{pointer}/{kind}/breaks/{number + 1}")
