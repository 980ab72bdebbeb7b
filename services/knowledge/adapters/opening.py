"""Opens what the service needs from outside, and closes it."""

import asyncio

from services.kit.db import UnitOfWork
from services.kit.service import Runtime
from services.knowledge.adapters.embedders import embedder
from services.knowledge.adapters.meanings import Meanings
from services.knowledge.adapters.memory_search import MemorySearch
from services.knowledge.repository.backend import Rows, SearchBackend
from services.knowledge.repository.index import REINDEX_DUE, VECTORS_DUE
from services.knowledge.repository.remembered import Remembered
from services.knowledge.repository.vectors import await_again


async def open_adapters(runtime: Runtime) -> None:
    """Make the embedder ready, and have read again what an older analyzer or another embedder left behind."""
    settings = runtime.settings
    key = settings.embedder_key.get_secret_value() if settings.embedder_key else None
    chosen = embedder(settings.embedder, settings.embedder_url, settings.embedder_model, key)
    runtime.resources["meanings"] = Meanings(chosen, settings.meaning_wait_ms / 1000) if chosen else None
    runtime.resources["search"] = await _backend(runtime)
    await runtime.write(_look_again, chosen.name if chosen else None)


async def _backend(runtime: Runtime) -> SearchBackend:
    """Return where words are looked up; a memory begins to fill, and the rows answer until it is full."""
    if runtime.settings.search_backend == "rows":
        return Rows(Remembered())
    memory = MemorySearch()
    runtime.resources["search_loading"] = asyncio.create_task(memory.load(runtime))
    return memory


async def close_adapters(runtime: Runtime) -> None:
    """Let go of the embedder's threads, and of a reading that is under way."""
    loading = runtime.resources.get("search_loading")
    if loading is not None:
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
    meanings: Meanings | None = runtime.resources.get("meanings")
    if meanings is not None:
        meanings.close()


async def _look_again(uow: UnitOfWork, name: str | None) -> None:
    await uow.wake(REINDEX_DUE, key="all")
    if name is not None:
        await await_again(uow, name)
        await uow.wake(VECTORS_DUE, key="all")
