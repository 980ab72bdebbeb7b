"""Finds by meaning: the vectors of this process, and those of questions; a search goes on without them when they take too long."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from services.kit.service import Runtime
from services.knowledge.domain.ports import Embedder
from services.knowledge.domain.vectors import Meaning, VectorIndex, Vectors, embeddable
from services.knowledge.repository.vectors import awaiting, changed_since, keep_vectors

MOST_NEAR = 50
"""Articles that meaning alone may bring up for one question."""
_REMEMBERED = 4_096
"""Vectors of questions that are kept: people ask the same things."""
_BATCH = 8


class Meanings:
    """One per process."""

    def __init__(self, embedder: Embedder, wait_s: float) -> None:
        self.embedder = embedder
        self._wait_s = wait_s
        self._index = VectorIndex(embedder.directions)
        self._questions: OrderedDict[str, Vectors] = OrderedDict()
        self._asking = ThreadPoolExecutor(2, thread_name_prefix="embed-question")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="embed-article")

    async def of(self, runtime: Runtime, text: str, visible: Callable[[str], bool]) -> Meaning | None:
        """Return how near the visible articles are to a text; None when nothing is known, the embedder fails, or it takes too long."""
        await self._catch_up(runtime)
        if not self._index.stamp:
            return None
        try:
            question = await asyncio.wait_for(self._question(embeddable(text)), self._wait_s)
        except Exception as reason:  # noqa: BLE001  whatever is wrong with the embedder, words still find
            runtime.log.warning("search.without_meaning", reason=type(reason).__name__)
            return None
        return await asyncio.to_thread(self._index.nearest, question, visible, MOST_NEAR)

    async def embed_waiting(self, runtime: Runtime) -> int:
        """Embed one batch of what waits; returns how many still wait."""
        waiting = await runtime.read(awaiting, _BATCH)
        if not waiting:
            return 0
        texts = [one.head.parts() if one.head else [] for one in waiting]
        flat = [part for parts in texts for part in parts]
        loop = asyncio.get_running_loop()
        vectors = await loop.run_in_executor(self._reading, self.embedder.passages, flat) if flat else None
        done, at = [], 0
        for one, parts in zip(waiting, texts, strict=True):
            done.append((one, vectors[at : at + len(parts)] if vectors is not None else _nothing()))
            at += len(parts)
        return await runtime.write(keep_vectors, done, self.embedder.name)

    def close(self) -> None:
        """Let go of the threads."""
        self._asking.shutdown(wait=False, cancel_futures=True)
        self._reading.shutdown(wait=False, cancel_futures=True)

    async def _catch_up(self, runtime: Runtime) -> None:
        while True:
            changed, stamp = await runtime.read(changed_since, self._index.stamp, self.embedder.name)
            if stamp == self._index.stamp:
                return
            await asyncio.to_thread(self._index.absorb, changed, stamp)

    async def _question(self, text: str) -> Vectors:
        known = self._questions.get(text)
        if known is None:
            loop = asyncio.get_running_loop()
            known = (await loop.run_in_executor(self._asking, self.embedder.questions, [text]))[0]
            self._questions[text] = known
            if len(self._questions) > _REMEMBERED:
                self._questions.popitem(last=False)
        return known


def _nothing() -> Vectors:
    import numpy as np

    return np.empty((0, 0), dtype=np.float32)
