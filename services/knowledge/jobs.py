"""What knowledge does when it falls due."""

from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Job, Runtime, TxJob
from services.knowledge.repository.index import REINDEX_DUE, VECTORS_DUE
from services.knowledge.use_cases.reindex import reindex_articles
from services.knowledge.use_cases.training import REFRESH_DUE, refresh


async def embed_articles(runtime: Runtime, _: Any) -> None:
    """Fill in the vectors of what was written; a batch at a time, so that the lease never ends under it."""
    meanings = runtime.resources["meanings"]
    if meanings is not None and await meanings.embed_waiting(runtime):
        await runtime.write(_go_on)


async def _go_on(uow: UnitOfWork) -> None:
    await uow.wake(VECTORS_DUE, key="all")


async def refresh_training(uow: UnitOfWork, job: DueJob) -> None:
    """What was learned long ago falls due again."""
    await refresh(uow, UUID(job.payload["agent_id"]), job.payload["module"])


JOBS: list[TxJob | Job] = [
    Job(VECTORS_DUE, embed_articles, concurrency=1),
    TxJob(REINDEX_DUE, reindex_articles),
    TxJob(REFRESH_DUE, refresh_training),
]
