"""What happens by time or by computing: reading items, learning, watching follow-ups, telling contributors."""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np

from services.feedback import repository
from services.feedback.domain.fitting import Lesson, fit, fit_tone
from services.feedback.domain.heads import NONE_OF_THESE, Head
from services.feedback.domain.normalise import for_models
from services.feedback.domain.ports import Matrix
from services.feedback.models import Item, TaxonomyCode
from services.feedback.use_cases.close_follow_up import settle_recovery, watch_follow_up
from services.feedback.use_cases.learn import forget_heads, next_version, store_head, store_text_vectors
from services.feedback.use_cases.open_follow_up import consider
from services.feedback.use_cases.read_items import Reader
from services.feedback.use_cases.record_labels import record_labels
from services.feedback.use_cases.tell_contributors import find_contributors, letter_to, settle_telling
from services.kit.db import Tx, UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Job, Runtime, TxJob

BATCH = 32
MOST_CHARACTERS = 16_000
"""Long texts make a smaller batch: one run must end well before its lease (60 s) does."""
CORRECTIONS = 5_000
"""The newest corrections that are learned from."""
REPEATED_WITHIN = timedelta(days=30)
PERSONS_WEIGHT = 2.0
"""A correction counts as two written examples."""
STRENGTH = 20.0


async def categorise(runtime: Runtime, job: DueJob) -> None:  # noqa: ARG001 - whatever woke us, we read what waits
    """Read one batch of what waits; when more waits, come back at once."""
    reader: Reader = runtime.resources["reader"]
    waiting, earlier, places = await runtime.read(_batch)
    if not waiting:
        return
    items = _bearable(waiting)
    more = len(items) < len(waiting) or len(waiting) == BATCH
    await _refresh(runtime, reader)
    found = await asyncio.to_thread(reader.read, items, places, earlier)
    zone = runtime.settings.office_time_zone

    async def store(uow: UnitOfWork) -> None:
        await record_labels(uow, found, reader.embedder.name, zone, more=more)

    await runtime.write(store)


def _bearable(waiting: Sequence[Item]) -> list[Item]:
    """Return the first items that are not too much to read at once; always at least one."""
    read = 0
    for place, item in enumerate(waiting):
        read += min(len(item.text), 2_000)
        if read > MOST_CHARACTERS and place > 0:
            return list(waiting[:place])
    return list(waiting)


async def _batch(tx: Tx) -> tuple[list[Item], dict[UUID, int], Any]:
    items = await repository.items_to_categorise(tx, BATCH)
    owners = {item.customer_id for item in items if item.customer_id is not None}
    return items, await repository.earlier_negatives(tx, owners, tx.now - REPEATED_WITHIN), await repository.places(tx)


async def _refresh(runtime: Runtime, reader: Reader) -> None:
    """Load the heads that were learned since; a replica hears of them this way."""
    newest = await runtime.read(repository.head_versions, reader.embedder.name)
    missing = reader.missing(newest)
    stored = {}
    for axis, version in missing.items():
        row = await runtime.read(repository.learned_head, axis, version)
        if row is not None:
            stored[axis] = row.weights
    if missing or len(newest) < len(reader.learned):
        reader.take_heads(stored, newest)


async def learn(runtime: Runtime, job: DueJob) -> None:
    """Learn the axis anew from descriptions, examples and corrections, and put the new head into use in one step."""
    reader: Reader = runtime.resources["reader"]
    axis, name = job.key, reader.embedder.name
    corrected = await runtime.read(repository.corrected_vectors, axis, name, CORRECTIONS)
    if axis == "sentiment":
        lesson = await asyncio.to_thread(_tone_lesson, reader, corrected)
    else:
        found = await _code_lesson(runtime, reader, axis, corrected)
        if found is None:
            await runtime.write(forget_heads, axis)
            return
        lesson = found
    version = await runtime.read(next_version, axis)
    head = await asyncio.to_thread(_fit, axis, version, name, lesson)
    await runtime.write(store_head, head)


def _fit(axis: str, version: int, embedder: str, lesson: Lesson) -> Head:
    return fit_tone(version, embedder, lesson) if axis == "sentiment" else fit(axis, version, embedder, lesson, strength=STRENGTH)


def _rows(corrected: Sequence[tuple[str, bytes]], width: int) -> Matrix:
    rows = [np.frombuffer(vector, dtype=np.float16).astype(np.float32) for _, vector in corrected]
    return np.vstack(rows) if rows else np.zeros((0, width), dtype=np.float32)


def _tone_lesson(reader: Reader, corrected: Sequence[tuple[str, bytes]]) -> Lesson:
    _, tones, groups = reader.shipped.tone_sentences
    seeds = reader.shipped.tone_vectors
    own = _rows(corrected, seeds.shape[1])
    return Lesson(
        np.vstack([seeds, own]),
        [*tones, *(code for code, _ in corrected)],
        np.concatenate([np.ones(len(tones)), np.full(len(own), PERSONS_WEIGHT)]),
        np.concatenate([groups, np.arange(len(own))]),
    )


async def _code_lesson(runtime: Runtime, reader: Reader, axis: str, corrected: Sequence[tuple[str, bytes]]) -> Lesson | None:
    """Return names, descriptions and examples of the active codes with the corrections to them; None with fewer than two codes."""
    codes = [code for code in await runtime.read(repository.taxonomy) if code.axis == axis and code.active]
    if len(codes) < 2:  # noqa: PLR2004 - one code cannot be told from another
        return None
    labelled = [(code.code, text) for code in codes for text in taught_by(code)]
    vectors = await _vectors(runtime, reader, [text for _, text in labelled])
    active = {code.code for code in codes}
    kept = [(code, vector) for code, vector in corrected if code in active]
    background = await asyncio.to_thread(lambda: reader.shipped.background_vectors)
    rows = [vectors, *([_rows(kept, vectors.shape[1])] * int(PERSONS_WEIGHT)), background]
    labels = [code for code, _ in labelled] + [code for code, _ in kept] * int(PERSONS_WEIGHT) + [NONE_OF_THESE] * len(background)
    return Lesson(np.vstack(rows), labels)


def taught_by(code: TaxonomyCode) -> list[str]:
    """Return the texts that a code is recognised by."""
    texts = [*code.names.values(), *([code.description] if code.description else []), *code.examples]
    return [text for text in dict.fromkeys(for_models(text) for text in texts) if text]


async def _vectors(runtime: Runtime, reader: Reader, texts: Sequence[str]) -> Matrix:
    """Return the vectors of taxonomy texts; only those that are new are computed."""
    digests = [hashlib.sha256(text.encode()).hexdigest()[:40] for text in texts]
    known = await runtime.read(repository.text_vectors, digests, reader.embedder.name)
    new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
    if new:
        made = await asyncio.to_thread(reader.embed, list(new.values()))
        fresh = {digest: row.astype(np.float16).tobytes() for digest, row in zip(new, made, strict=True)}
        await runtime.write(store_text_vectors, reader.embedder.name, fresh)
        known |= fresh
    return np.vstack([np.frombuffer(known[digest], dtype=np.float16).astype(np.float32) for digest in digests])


async def consider_follow_up(runtime: Runtime, job: DueJob) -> None:
    """See whether an answer is owed for an item that found its customer only after it was read."""

    async def look(uow: UnitOfWork) -> None:
        item = await repository.item(uow, UUID(job.key))
        await consider(uow, item, await repository.rules(uow), runtime.settings.office_time_zone)

    await runtime.write(look)


async def settle_follow_up(runtime: Runtime, job: DueJob) -> None:
    """A customer answered a recovery question."""
    item_id = UUID(job.payload["item_id"]) if job.payload["item_id"] else None
    await runtime.write(settle_recovery, UUID(job.key), job.payload["resolved"], item_id, runtime.settings.office_time_zone)


async def tell_contributor(runtime: Runtime, job: DueJob) -> None:
    """Send one letter. The message id is the plan's, so that a repeated try is the same message."""
    initiative_id, customer_id = (UUID(part) for part in job.key.split("/"))
    mail, written, withheld = await runtime.read(letter_to, initiative_id, customer_id)
    if mail is not None and written is not None:
        await runtime.resources["mail"].send(mail)
        await runtime.write(settle_telling, initiative_id, customer_id, written.language, None)
    elif withheld != "settled":
        await runtime.write(settle_telling, initiative_id, customer_id, None, withheld)


JOBS: list[TxJob | Job] = [
    Job("categorise", categorise, concurrency=1),
    Job("learn", learn, concurrency=1),
    Job("consider_follow_up", consider_follow_up, concurrency=2),
    Job("settle_recovery", settle_follow_up, concurrency=2),
    Job("tell_contributor", tell_contributor, concurrency=4),
    TxJob("find_contributors", find_contributors),
    TxJob("watch_follow_up", watch_follow_up),
]
