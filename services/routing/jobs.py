"""What time does in routing. Every deadline is a row, so a restart forgets none."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.due import DueJob, Job, TxJob
from services.routing.domain.lessons import teach
from services.routing.use_cases.answer_escalation import climb_unacknowledged
from services.routing.use_cases.escalate_by_rule import WAITED_TOO_LONG, escalate_waiting
from services.routing.use_cases.finish_wrap_up import FINISH_WRAP_UP, finish_wrap_up
from services.routing.use_cases.follow_plan import FOLLOW_PLAN, follow_plan
from services.routing.use_cases.learn import LEARN, keep_book, material
from services.routing.use_cases.look_again import look_again
from services.routing.use_cases.match import DECIDE, LOOK_AGAIN
from services.routing.use_cases.open_escalation import CLIMB
from services.routing.use_cases.put_agent import SKILLS_CHANGE, change_skills

AGAIN = timedelta(seconds=1)


async def _look_again(uow: UnitOfWork, job: DueJob) -> None:
    await look_again(uow, UUID(job.key))


async def _skills(uow: UnitOfWork, job: DueJob) -> None:
    await change_skills(uow, UUID(job.key))


async def _finish(uow: UnitOfWork, job: DueJob) -> None:
    await finish_wrap_up(uow, UUID(job.key))


async def _plan(uow: UnitOfWork, job: DueJob) -> None:
    await follow_plan(uow, UUID(job.key))


async def _waited(uow: UnitOfWork, job: DueJob) -> None:
    await escalate_waiting(uow, UUID(job.key))


async def _climb(uow: UnitOfWork, job: DueJob) -> None:
    await climb_unacknowledged(uow, UUID(job.key))


async def _decide(runtime: Any, job: DueJob) -> None:
    """Do a round of the leader; where another replica leads, it is told, and looked at again until it has done so."""
    leader = runtime.resources["leader"]
    await leader.settle()
    if not leader.leads:
        await runtime.write(_later, job.key)


async def _later(uow: UnitOfWork, key: str) -> None:
    await uow.schedule(DECIDE, key=key, at=uow.now + AGAIN)


async def _learn(runtime: Any, _: DueJob) -> None:
    """Reckon outside the transaction: tens of thousands of contacts take a second."""
    how, handled, levels = await runtime.read(material)
    if how.enabled:
        await runtime.write(keep_book, await asyncio.to_thread(teach, handled, levels, how.repeat_days))


JOBS: list[Job | TxJob] = [
    Job(DECIDE, _decide, concurrency=1),
    TxJob(LOOK_AGAIN, _look_again),
    TxJob(FINISH_WRAP_UP, _finish),
    TxJob(SKILLS_CHANGE, _skills),
    TxJob(FOLLOW_PLAN, _plan),
    TxJob(WAITED_TOO_LONG, _waited),
    TxJob(CLIMB, _climb),
    Job(LEARN, _learn, concurrency=1),
]
