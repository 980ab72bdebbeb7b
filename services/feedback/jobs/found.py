"""What is looked for every night: themes, and spikes of the day before."""

import asyncio
from datetime import timedelta
from uuid import UUID

from services.feedback.domain.heads import prepare
from services.feedback.domain.spikes import judge
from services.feedback.domain.themes import Heap, find, matched
from services.feedback.use_cases.keep_spikes import days, series, store_spikes
from services.feedback.use_cases.keep_themes import Residue, residue, store_themes
from services.feedback.use_cases.read_items import Reader
from services.kit.due import DueJob
from services.kit.service import Runtime


async def find_what_is_new(runtime: Runtime, job: DueJob) -> None:
    """Look for themes, and judge the day that ended; `job.key` names the night or `now`."""
    reader: Reader = runtime.resources["reader"]
    voices = await runtime.read(residue, reader.embedder.name)
    heaps, same = await asyncio.to_thread(_found, reader, voices)
    await runtime.write(store_themes, heaps, same, voices, reader.embedder.name)
    day = job.due_at.date() - timedelta(days=1)
    judged = await runtime.read(days, day)
    alarms = [one for one in judge(series(judged), judged.totals) if one.alarm]
    if alarms:
        await runtime.write(store_spikes, judged, alarms)


def _found(reader: Reader, voices: Residue) -> tuple[list[Heap], list[UUID | None]]:
    if not voices.ids:
        return [], []
    mean = reader.shipped.background_vectors.mean(axis=0)
    heaps = find(prepare(voices.vectors, mean), voices.texts, voices.products)
    return heaps, list(matched(heaps, voices.before))
