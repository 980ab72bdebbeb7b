"""Reading what came in, off the request path: one batch after another, in the order of arrival, with the heads in use."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.feedback import repository
from services.feedback.domain.categorising import Place
from services.feedback.models import Item
from services.feedback.use_cases.learn import read_again
from services.feedback.use_cases.read_items import Reader, refresh
from services.feedback.use_cases.record_labels import record_labels
from services.kit.db import Tx, UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Runtime

BATCH = 32
BATCH_KNOWN = 500
"""Items whose vector is known already are read in larger batches."""
MOST_CHARACTERS = 16_000
"""Long texts make a smaller batch: one run must end well before its lease (60 s) does."""
DRIVER = "driver"
REPEATED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is read in one run."""

    items: list[Item]
    earlier: dict[UUID, int]
    places: dict[str, Place]
    vectors: dict[UUID, bytes]
    more: bool


async def categorise(runtime: Runtime, job: DueJob) -> None:  # noqa: ARG001 - whatever woke us, we read what waits
    """Read one batch of what waits; when more waits, come back at once."""
    reader: Reader = runtime.resources["reader"]
    waiting = await runtime.read(_batch, reader.embedder.name)
    if not waiting.items:
        return
    await refresh(runtime, reader)
    read_with = reader.version(DRIVER)
    found = await asyncio.to_thread(reader.read, waiting.items, waiting.places, waiting.earlier, waiting.vectors)
    zone = runtime.settings.office_time_zone

    async def store(uow: UnitOfWork) -> None:
        await record_labels(uow, found, reader.embedder.name, zone, more=waiting.more)
        if (await repository.head_versions(uow, reader.embedder.name)).get(DRIVER) != read_with:
            await read_again(uow, DRIVER)  # a head that came while these were being read did not find them among what it sends back

    await runtime.write(store)


def bearable(waiting: Sequence[Item], known: dict[UUID, bytes]) -> list[Item]:
    """Return the first items that are not too much to read at once; always at least one."""
    read = new = 0
    for place, item in enumerate(waiting):
        if item.id not in known:
            read += min(len(item.text), 2_000)
            new += 1
        if place > 0 and (read > MOST_CHARACTERS or new > BATCH):
            return list(waiting[:place])
    return list(waiting)


async def _batch(tx: Tx, embedder: str) -> _Waiting:
    waiting, most = await repository.items_to_categorise(tx, BATCH), BATCH
    known = await repository.vectors_of(tx, [item.id for item in waiting], embedder)
    if len(waiting) == BATCH == len(known):
        waiting, most = await repository.items_to_categorise(tx, BATCH_KNOWN), BATCH_KNOWN
        known = await repository.vectors_of(tx, [item.id for item in waiting], embedder)
    items = bearable(waiting, known)
    owners = {item.customer_id for item in items if item.customer_id is not None}
    earlier = await repository.earlier_negatives(tx, owners, tx.now - REPEATED_WITHIN)
    more = len(items) < len(waiting) or len(waiting) == most
    return _Waiting(items, earlier, await repository.places(tx), known, more)
