"""Learns a head from many texts in a process of its own.

Learning keeps a core busy for seconds and needs libraries that nothing else does (23 MiB of scipy): beside the doors it would make every request
wait for its turn of the interpreter. Arrays go there and back as npz without pickle; the process ends with its one head.
"""

import asyncio
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from services.feedback.domain.fitting import FEWEST_FOR_WORDS, Lesson, fit, fit_tone
from services.feedback.domain.heads import Head

ROOT = Path(__file__).parents[3]
LAST_WORDS = 2_000


async def learned(axis: str, version: int, embedder: str, lesson: Lesson, *, strength: float, own: int) -> Head:
    """Return the head; few texts are learned in a thread. `own` is how many of a tone's texts are customers' own, `strength` is for other axes.

    Raises RuntimeError with the end of what the process complained of when it failed.
    """
    order = {"axis": axis, "version": version, "embedder": embedder, "strength": strength, "own": own}
    if len(lesson.labels) < FEWEST_FOR_WORDS:
        return await asyncio.to_thread(_learned, order, lesson)
    packed = await asyncio.to_thread(_packed, order, lesson)
    pipe = asyncio.subprocess.PIPE
    words = [sys.executable, "-m", __name__]
    process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, stderr=pipe, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        answer, complaint = await process.communicate(packed)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"learning {axis} failed: {complaint.decode(errors='replace')[-LAST_WORDS:]}")
    return Head.from_bytes(answer)


def _learned(order: dict[str, Any], lesson: Lesson) -> Head:
    if order["axis"] == "sentiment":
        return fit_tone(order["version"], order["embedder"], lesson, own=order["own"])
    return fit(order["axis"], order["version"], order["embedder"], lesson, strength=order["strength"])


def _packed(order: dict[str, Any], lesson: Lesson) -> bytes:
    texts = None if lesson.texts is None else list(lesson.texts)
    told = order | {"labels": list(lesson.labels), "texts": texts, "by_words": lesson.by_words}
    given = {"vectors": lesson.vectors, "weights": lesson.weights, "groups": lesson.groups, "anchor": lesson.anchor, "proven": lesson.proven}
    file = io.BytesIO()
    arrays: dict[str, Any] = {name: array for name, array in given.items() if array is not None}
    np.savez(file, told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), **arrays)
    return file.getvalue()


def _unpacked(raw: bytes) -> tuple[dict[str, Any], Lesson]:
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        told: dict[str, Any] = json.loads(file["told"].tobytes())
        arrays = {name: file[name] for name in file.files if name != "told"}
    lesson = Lesson(labels=told.pop("labels"), texts=told.pop("texts"), by_words=told.pop("by_words"), **arrays)
    return told, lesson


if __name__ == "__main__":
    sys.stdout.buffer.write(_learned(*_unpacked(sys.stdin.buffer.read())).to_bytes())
