"""Training: modules, who has to learn what and why, the ledger of hours, refreshers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Body, Code, Command, Instant, Int32, Language, Line
from services.kit.ids import new_id
from services.knowledge.contract import TrainingCompleted
from services.knowledge.domain.markdown import clean_text, render
from services.knowledge.models import TrainingAssignment, TrainingHours, TrainingModule, TrainingNeed
from services.knowledge.repository.training import assignment_by_id, close_need, module_by_code, module_or_none, need_by_id, open_assignment
from services.knowledge.use_cases.keep_article import actor

REFRESH_DUE = "training_refresher"
LEARN_WITHIN = timedelta(days=30)


class ModuleInactive(Conflict):
    """This module is no longer taught."""

    code = "training_module_inactive"


class AlreadyCompleted(Conflict):
    """This was completed before; assign it anew to have it learned again."""

    code = "training_already_completed"


class WriteModule(Command):
    """What is taught, and what its completion raises."""

    title: Line
    text: Body
    """Markdown."""
    language: Language
    topic: Code | None = None
    minutes: Annotated[int, Field(ge=1, le=24 * 60)]
    articles: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    skill: Code | None = None
    skill_level: Annotated[int, Field(ge=1, le=5)] | None = None
    refresh_days: Annotated[int, Field(ge=7, le=3650)] | None = None
    active: bool = True

    @model_validator(mode="after")
    def _skill_with_level(self) -> Self:
        if (self.skill is None) != (self.skill_level is None):
            raise ValueError("skill and skill_level belong together")
        return self


class FindNeed(Command):
    """A need that a manager sees."""

    topic: Code
    group: Line | None = None
    agents: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    effect: Annotated[float, Field(ge=-100, le=100)] | None = None
    evidence: Line


class AssignModule(Command):
    """Who learns what, why, and by when."""

    module: Code
    agents: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=500)]
    need_id: UUID | None = None
    due_at: Instant | None = None


class CompleteTraining(Command):
    """The time it took; None: as long as the module says."""

    minutes: Annotated[int, Field(ge=1, le=24 * 60)] | None = None


class EnterHours(Command):
    """Learning outside the modules, or a correction (negative minutes)."""

    agent_id: UUID
    minutes: Annotated[Int32, Field(ge=-24 * 60, le=24 * 60)]
    what: Line
    at: Instant | None = None


async def write_module(uow: UnitOfWork, code: str, command: WriteModule) -> TrainingModule:
    """Create or replace a module."""
    known = await module_or_none(uow, code)
    row = {
        **command.model_dump(exclude={"articles"}),
        "code": code,
        "text": clean_text(command.text),
        "html": render(command.text).html,
        "articles": [str(one) for one in command.articles],
        "version": (known.version if known else 0) + 1,
        "changed_at": uow.now,
    }
    await uow.upsert(TrainingModule, row, key=("code",))
    return await module_by_code(uow, code)


async def find_need(uow: UnitOfWork, command: FindNeed) -> TrainingNeed:
    """Keep a need until it is met."""
    need_id = new_id()
    agents = [str(one) for one in command.agents]
    await insert_need(uow, {**command.model_dump(exclude={"agents"}), "id": need_id, "agents": agents, "source": actor(uow)})
    return await need_by_id(uow, need_id)


async def insert_need(uow: UnitOfWork, row: Mapping[str, object]) -> None:
    """Store a need once; the same id again changes nothing."""
    await uow.insert_ignore(TrainingNeed, {**row, "state": "open", "found_at": uow.now})


async def assign_module(uow: UnitOfWork, command: AssignModule) -> list[TrainingAssignment]:
    """Have agents learn a module; who has it open keeps that one. Raises ModuleInactive."""
    module = await module_by_code(uow, command.module)
    if not module.active:
        raise ModuleInactive(f"Module {module.code} is no longer taught.", pointer="/module")
    if command.need_id is not None:
        await need_by_id(uow, command.need_id)
        await close_need(uow, command.need_id, "assigned")
    reason: Literal["need", "manager"] = "need" if command.need_id else "manager"
    due = command.due_at or uow.now + LEARN_WITHIN
    return [await _assign(uow, module, agent, reason, due, command.need_id) for agent in dict.fromkeys(command.agents)]


async def complete_training(uow: UnitOfWork, assignment_id: UUID, command: CompleteTraining) -> TrainingAssignment:
    """Enter the hours, tell the others, and plan the refresher. Raises AlreadyCompleted."""
    assignment = await assignment_by_id(uow, assignment_id)
    if assignment.completed_at is not None:
        raise AlreadyCompleted(f"Assignment {assignment_id} was completed before.")
    module = await module_by_code(uow, assignment.module)
    minutes = command.minutes or module.minutes
    done = assignment.model_copy(update={"completed_at": uow.now, "minutes": minutes, "version": assignment.version + 1})
    await uow.upsert(TrainingAssignment, done.model_dump(), key=("id",))
    await _enter(uow, assignment.agent_id, minutes, module.code, uow.now, assignment_id)
    refresh_at = uow.now + timedelta(days=module.refresh_days) if module.refresh_days else None
    if refresh_at is not None:
        payload = {"agent_id": str(assignment.agent_id), "module": module.code}
        await uow.schedule(REFRESH_DUE, key=f"{assignment.agent_id}/{module.code}", at=refresh_at, payload=payload)
    uow.emit(
        TrainingCompleted(
            assignment_id=assignment_id,
            agent_id=assignment.agent_id,
            module=module.code,
            topic=module.topic,
            minutes=minutes,
            skill=module.skill,
            skill_level=module.skill_level,
            valid_until=refresh_at,
            completed_at=uow.now,
        ),
    )
    return done


async def enter_hours(uow: UnitOfWork, command: EnterHours) -> TrainingHours:
    """Add a line to the ledger."""
    return await _enter(uow, command.agent_id, command.minutes, command.what, command.at or uow.now, None)


async def refresh(uow: UnitOfWork, agent_id: UUID, module_code: str) -> None:
    """What was learned long ago is learned again, as long as it is still taught."""
    module = await module_or_none(uow, module_code)
    if module is not None and module.active:
        await _assign(uow, module, agent_id, "refresher", uow.now + LEARN_WITHIN, None)


async def _assign(uow: UnitOfWork, module: TrainingModule, agent_id: UUID, reason: str, due_at: datetime, need_id: UUID | None) -> TrainingAssignment:
    assignment = TrainingAssignment(
        id=new_id(),
        agent_id=agent_id,
        module=module.code,
        need_id=need_id,
        reason=reason,
        assigned_by=actor(uow),
        assigned_at=uow.now,
        due_at=due_at,
        completed_at=None,
        minutes=None,
        version=1,
    )
    if await uow.insert_ignore(TrainingAssignment, assignment.model_dump()):
        return assignment
    return await open_assignment(uow, agent_id, module.code) or assignment


async def _enter(uow: UnitOfWork, agent_id: UUID, minutes: int, what: str, at: datetime, assignment_id: UUID | None) -> TrainingHours:
    line = TrainingHours(id=new_id(), agent_id=agent_id, minutes=minutes, what=what, assignment_id=assignment_id, at=at, entered_by=actor(uow))
    await uow.insert(TrainingHours, line.model_dump())
    return line
