"""What is prepared in a process of its own is what would have been prepared here, and an upload outlives its process."""

import asyncio
import json
from collections.abc import Sequence
from uuid import UUID

import pytest

from services.feedback.adapters.preparing_process import MOST, UploadProcess, UploadProcesses
from services.feedback.use_cases.prepare_lines import COLUMNS, TOO_LONG, Order, Prepared, Preparer
from services.feedback.use_cases.sealing import Vault, Words

KEY = bytes(range(32))
ORDER = Order("old-crm", {"driver": ["late"]}, {"Comment": "text"}, csv=False, now="2026-11-23 10:00:00.000000")
LINES = [
    json.dumps({"external_id": "1", "kind": "email", "Comment": "Call 020 7946 0958.", "labels": {"driver": "late"}}).encode(),
    json.dumps({"external_id": "2", "kind": "email", "Comment": "Late.", "said_at": "2026-11-01T10:00:00+02:00", "title": "Hm"}).encode(),
    b"{not json",
    TOO_LONG,
    json.dumps({"external_id": "3", "kind": "email", "Comment": "Late.", "labels": {"driver": "early"}}).encode(),
    json.dumps({"external_id": "4", "kind": "email", "Comment": "Late.", "labels": {"colour": "red"}}).encode(),
]


async def ready(process: UploadProcess | None) -> UploadProcess:
    """Wait until it has started."""
    assert process is not None
    async with asyncio.timeout(60):
        while not process.ready:  # noqa: ASYNC110 - the service never waits for it
            await asyncio.sleep(0.02)
    return process


def without_chance(prepared: Prepared) -> tuple[object, ...]:
    """Return all but ids, which are new each time, with what was sealed opened again."""
    vault, ids = Vault(KEY, "GB"), prepared.columns[0]
    named = dict(zip(COLUMNS, prepared.columns, strict=True))
    told: Sequence[Words] = [
        vault.give(UUID(row), Words(*words)) for row, *words in zip(ids, named["title"], named["text"], named["sealed"], strict=True)
    ]
    plain = {name: column for name, column in named.items() if name not in {"id", "sealed"}}
    return prepared.seen, prepared.lines, plain, told, prepared.labels, prepared.refused


async def test_lines_come_back_from_their_process_as_they_would_be_prepared_here() -> None:
    process = await ready(await UploadProcesses(KEY, "GB").begin(ORDER))
    try:
        there = await process.prepare(list(enumerate(LINES, 7)))
    finally:
        await process.close()
    here = Preparer(Vault(KEY, "GB"), ORDER).prepare(list(enumerate(LINES, 7)))
    assert without_chance(there) == without_chance(here)
    assert (there.seen, there.lines, there.labels) == (6, [7, 8], [(0, {"driver": "late"})])
    named = dict(zip(COLUMNS, there.columns, strict=True))
    assert (named["text"], named["said_at"]) == (["Call [PHONE].", "Late."], ["2026-11-23 10:00:00.000000", "2026-11-01 08:00:00.000000"])
    assert [(one.line, one.place, one.code) for one in there.refused] == [
        (9, None, "invalid_line"), (10, None, "line_too_long"), (11, ("labels", "driver"), "feedback_unknown_code"),
        (12, ("labels", "colour", "[key]"), "invalid_line"),
    ]  # fmt: skip


async def test_a_process_that_was_ended_says_so_and_only_so_many_run_at_once() -> None:
    processes = UploadProcesses(KEY, "GB")
    begun = [await processes.begin(ORDER) for _ in range(MOST + 1)]
    assert [one is None for one in begun] == [False] * MOST + [True]
    first = await ready(begun[0])
    for one in begun[:MOST]:
        assert one is not None
        await one.close()
    with pytest.raises((OSError, EOFError)):
        await first.prepare([(1, LINES[0])])
    again = await processes.begin(ORDER)
    assert again is not None
    await again.close()
