"""What time does in routing. Every deadline is a row, so a restart forgets none."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.due import DueJob, TxJob
from services.routing.use_cases.expire_offer import expire_offer
from services.routing.use_cases.finish_wrap_up import FINISH_WRAP_UP, finish_wrap_up
from services.routing.use_cases.look_again import look_again
from services.routing.use_cases.match import EXPIRE_OFFER, LOOK_AGAIN


async def _expire(uow: UnitOfWork, job: DueJob) -> None:
    await expire_offer(uow, UUID(job.key))


async def _look_again(uow: UnitOfWork, job: DueJob) -> None:
    await look_again(uow, UUID(job.key))


async def _finish(uow: UnitOfWork, job: DueJob) -> None:
    await finish_wrap_up(uow, UUID(job.key))


JOBS = [TxJob(EXPIRE_OFFER, _expire), TxJob(LOOK_AGAIN, _look_again), TxJob(FINISH_WRAP_UP, _finish)]
