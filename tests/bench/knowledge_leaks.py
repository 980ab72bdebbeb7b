"""Whether a searcher learns anything of what is not for them: 10,000 pairs of principal and query.

What a principal may see is put, alone, into a second service: if nothing is given away, both answer alike, to the last digit of a score. So
no foreign title, count, suggestion or correction can hide in an answer.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from services.knowledge.adapters.memory_search import MemorySearch
from services.knowledge.repository.backend import Rows
from services.knowledge.repository.remembered import Remembered
from tests.bench.figure import Figure
from tests.bench.knowledge_relevance import FOLDER
from tests.bench.peers.knowledge_sets import Desk, open_desk, read_docs, with_typos

PAIRS = int(os.environ.get("KNOWLEDGE_PAIRS", "10000"))
STANDINGS: tuple[tuple[str, str], ...] = (
    ("work_in_progress", "internal"),
    ("not_validated", "internal"),
    ("not_validated", "customer"),
    ("validated", "internal"),
)
STANDINGS += (("validated", "customer"), ("archived", "customer"), ("archived", "internal"))
ARTICLES = 70
EVERY = {"work_in_progress", "not_validated", "validated"}
_SHOWN = ("title", "kind", "language", "state", "audience", "snippet", "score", "words", "told", "likely", "boosts", "because")


@dataclass(frozen=True)
class Kept:
    """One article of the set with its standing."""

    title: str
    body: str
    language: str
    state: str
    audience: str


@dataclass(frozen=True)
class Searcher:
    """A principal: a visitor, or an agent with what the agent asks to see."""

    visitor: bool
    states: frozenset[str]
    filters: tuple[tuple[str, str], ...] = ()

    def sees(self, one: Kept) -> bool:
        wanted = dict(self.filters)
        fits = wanted.get("audience", one.audience) == one.audience and wanted.get("language", one.language) == one.language
        return fits and one.state in self.states and (not self.visitor or one.audience == "customer")

    async def ask(self, desk: Desk, visitor: httpx.AsyncClient, query: str) -> dict[str, Any]:
        if self.visitor:
            answer = await visitor.get("/knowledge/v1/help/search", params={"q": query, "limit": 10})
        else:
            answer = await desk.api.get("/knowledge/v1/search", params={"q": query, "limit": 10, "mode": "words", **dict(self.filters)})
        answer.raise_for_status()
        told = answer.json()
        results = [{name: one[name] for name in _SHOWN} for one in told["results"]]
        return {"results": results, "answered": told["answered"], "corrections": told["corrections"]}


SEARCHERS = (
    Searcher(visitor=True, states=frozenset({"validated"})),
    Searcher(visitor=False, states=frozenset(EVERY)),
    Searcher(visitor=False, states=frozenset(EVERY), filters=(("audience", "customer"),)),
    Searcher(visitor=False, states=frozenset({"validated"}), filters=(("state", "validated"),)),
    Searcher(visitor=False, states=frozenset(EVERY), filters=(("language", "de"),)),
)


async def run() -> list[Figure]:
    if not FOLDER.is_dir():
        return [Figure("knowledge.leaks", 1, "leaks", 0, lower_is_better=True, note=f"not measured: {FOLDER} is not there")]
    chance = random.Random(23)  # noqa: S311  a lot that repeats, no secret
    kept, leaks, told = _kept(chance), 0, []
    runs = [("sqlite", False), ("sqlite", True), ("postgresql", False)]
    for number, (engine, in_memory) in enumerate(runs):
        pairs = PAIRS * (number + 1) // len(runs) - PAIRS * number // len(runs)
        found = await _leaks(engine, kept, chance, pairs, in_memory=in_memory)
        leaks += found
        told.append(f"{engine} {'memory' if in_memory else 'rows'} {pairs}: {found}")
    note = f"{PAIRS} pairs of {len(SEARCHERS)} principals and a query; an answer that differs from one where nothing else exists: {'; '.join(told)}"
    return [Figure("knowledge.leaks", leaks, "leaks", 0, lower_is_better=True, note=note)]


def _kept(chance: random.Random) -> list[Kept]:
    docs = [(doc, "en") for doc in read_docs(FOLDER / "stackfaq.docs.jsonl").docs] + [
        (doc, "de") for doc in read_docs(FOLDER / "xquad_de.docs.jsonl").docs
    ]
    return [
        Kept(f"{doc['title']} {at}", f"{doc['body'][:1500]} secret{at}word", language, *chance.choice(STANDINGS))
        for at, (doc, language) in enumerate(chance.sample(docs, ARTICLES))
    ]


def _query(kept: Sequence[Kept], chance: random.Random) -> str:
    """Ask in words of any article, its marks and its typing errors included."""
    one = chance.choice(kept)
    words = f"{one.title} {one.body}".split()
    some = " ".join(chance.sample(words, min(len(words), chance.randint(1, 6))) + ([words[-1]] if chance.random() < 0.3 else []))
    return (with_typos(some, chance, 2) if chance.random() < 0.5 else some)[:400]


async def _leaks(engine: str, kept: Sequence[Kept], chance: random.Random, pairs: int, *, in_memory: bool) -> int:
    leaks = 0
    async with open_desk(engine, None) as whole:
        await _fill(whole, kept, in_memory=in_memory)
        visitor = whole.room.anonymous()
        for number, searcher in enumerate(SEARCHERS):
            async with open_desk("sqlite", None) as alone:
                await _fill(alone, [one for one in kept if searcher.sees(one)], in_memory=False)
                other = alone.room.anonymous()
                for _ in range(pairs * (number + 1) // len(SEARCHERS) - pairs * number // len(SEARCHERS)):
                    query = _query(kept, chance)
                    leaks += await searcher.ask(whole, visitor, query) != await searcher.ask(alone, other, query)
    return leaks


async def _fill(desk: Desk, kept: Sequence[Kept], *, in_memory: bool) -> None:
    desk.room.runtime.resources["search"] = MemorySearch() if in_memory else Rows(Remembered())
    if in_memory:
        await desk.room.runtime.resources["search"].load(desk.room.runtime)
    for one in kept:
        body = {"title": one.title, "resolution": one.body, "language": one.language}
        written = await desk.api.post("/knowledge/v1/articles", json=body)
        written.raise_for_status()
        standing = {"state": one.state, "audience": one.audience}
        (await desk.api.post(f"/knowledge/v1/articles/{written.json()['id']}/state", json=standing)).raise_for_status()
