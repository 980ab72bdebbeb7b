"""How soon a written-up case is found, and how long a search takes at 5,000 and 50,000 articles, from rows and from memory.

`ANTIPHON_BENCH_PARTS=sqlite` (or postgresql) measures that database alone. Beside the clock, the processor time of this process is told: on a busy
machine the clock says little. On PostgreSQL the server's own time is not in it. Rows and memory are asked in the same way, at the service's own door
and without an HTTP client (peers/straight.py), which would cost more than an answer from memory does; and in turns of fifteen questions, now one
first and now the other: a machine that others use as well is three times as fast in one minute as in the next. Question by question each would find
the processor's caches full of what the other read, which no service does to itself; the first of every fifteen still does.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.customers.contract import CaseWrittenUp
from services.kit.ids import new_id
from services.kit.service import settle_memory
from services.knowledge.adapters.memory_search import MemorySearch
from services.knowledge.repository.backend import SearchBackend
from tests.bench.figure import Figure
from tests.bench.knowledge_relevance import FOLDER
from tests.bench.peers.knowledge_sets import Desk, open_desk
from tests.bench.peers.many_articles import Row, made_texts, put, real_questions, rows_of
from tests.bench.peers.straight import Caller

FEW, MANY = 5_000, int(os.environ.get("KNOWLEDGE_ARTICLES", "50000"))
QUERIES, WARM, TURN = 150, 10, 15
CASES = 100
GOALS = {"sqlite": 60.0, "postgresql": 200.0}
SHORT = {"sqlite": "sqlite", "postgresql": "pg"}


async def run() -> list[Figure]:
    if not FOLDER.is_dir():
        return [Figure("knowledge.visible_ms", 0, "ms", 50, lower_is_better=True, note=f"not measured: {FOLDER} is not there")]
    texts, questions = made_texts(FOLDER, MANY), real_questions(FOLDER, QUERIES + WARM)
    few, rest = rows_of(texts[:FEW]), rows_of(texts[FEW:])
    figures = []
    for engine in (name for name in GOALS if name in (os.environ.get("ANTIPHON_BENCH_PARTS") or ",".join(GOALS)).split(",")):
        figures += await _speed(engine, few, rest, questions)
    return figures


async def _speed(engine: str, few: dict[str, list[Row]], rest: dict[str, list[Row]], questions: Sequence[str]) -> list[Figure]:
    short, figures = SHORT[engine], []
    async with open_desk(engine, None) as desk:
        await put(desk, few)
        rows = desk.room.runtime.resources["search"]
        [small] = await _asked(desk, questions, [rows])
        if engine == "postgresql":
            visible = await _visible(desk)
            note = f"commit of the write-up to found by search, {CASES} cases, {FEW} articles, words; p50 {_at(visible, 0.5):.1f}"
            figures.append(Figure("knowledge.visible_ms", _at(visible, 0.99), "ms", 50, lower_is_better=True, note=note))
        await put(desk, rest)
        memory = MemorySearch()
        began = time.perf_counter()
        await memory.load(desk.room.runtime)
        loaded = time.perf_counter() - began
        large, quick = await _asked(desk, questions, [rows, memory])
        after = await _visible(desk)
    sizes = f"{QUERIES} questions, {MANY} articles, at the door, words"
    p95 = _at(large.taken, 0.95)
    note = f"{sizes}; p50 {_at(large.taken, 0.5):.1f}; at {FEW}: {_at(small.taken, 0.95):.1f}; processor time {_both(large.busy)}"
    of_rows: dict[str, Any] = {"reference": f"p95 at {FEW}", "reference_value": _at(small.taken, 0.95)}
    from_memory: dict[str, Any] = {"reference": "p95 from memory", "reference_value": _at(quick.taken, 0.95)}
    equal = sum(a == b for a, b in zip(large.answers, quick.answers, strict=True))
    told = f"{sizes}, in turns; memory read in {loaded:.1f} s; processor time {_both(quick.busy)}; the same lists and scores for {equal} of them"
    found = f"{CASES} cases, {MANY} articles, from memory; p50 {_at(after, 0.5):.1f}"
    return [
        *figures,
        Figure(f"knowledge.query_p95_ms_{short}", p95, "ms", GOALS[engine], lower_is_better=True, note=note),
        Figure(f"knowledge.growth_{short}", p95, "ms", 12, lower_is_better=True, **of_rows),
        Figure(f"knowledge.scale_speedup_{short}", p95, "ms", 5, note=told, **from_memory),
        Figure(f"knowledge.scale_visible_ms_{short}", _at(after, 0.99), "ms", 1_000, lower_is_better=True, note=found),
    ]


@dataclass
class _Asked:
    """What one way to look words up took for each question, in milliseconds, and what it answered."""

    taken: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """Processor time."""
    answers: list[bytes] = field(default_factory=list)


async def _asked(desk: Desk, questions: Sequence[str], backends: Sequence[SearchBackend]) -> list[_Asked]:
    """Ask each backend every question, some at a time, now beginning with one and now with the other; the first questions only warm up."""
    found = [_Asked() for _ in backends]
    settle_memory()  # as a service does when it is open
    caller = Caller(desk.room.app, desk.api.headers["Authorization"])
    asked = [questions[:WARM], *(questions[start : start + TURN] for start in range(WARM, len(questions), TURN))]
    for number, some in enumerate(asked):
        turns = list(zip(backends, found, strict=True))
        for backend, its in reversed(turns) if number % 2 else turns:
            desk.room.runtime.resources["search"] = backend
            for text in some:
                began, worked = time.perf_counter(), time.process_time()
                answer = await caller.get("/knowledge/v1/search", q=text, mode="words", limit=10)
                taken, busy = time.perf_counter() - began, time.process_time() - worked
                if number > 0:
                    its.taken.append(1000 * taken)
                    its.busy.append(1000 * busy)
                    its.answers.append(answer)
    desk.room.runtime.resources["search"] = backends[-1]
    return found


async def _visible(desk: Desk) -> list[float]:
    """Hear a case written up, and search until it is found: from the commit on."""
    taken = []
    for _ in range(CASES):
        word = f"zyx{new_id().hex[-12:]}q"
        await desk.room.hear(_written(new_id(), new_id(), word))
        began = time.perf_counter()
        while True:
            answer = await desk.api.get("/knowledge/v1/search", params={"q": f"error {word} again", "mode": "words"})
            if any(word in one["title"] for one in answer.json()["results"]):
                break
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _written(case: UUID, customer: UUID, word: str) -> CaseWrittenUp:
    return CaseWrittenUp(
        case_id=case,
        customer_id=customer,
        title=f"The router shows error {word}",
        problem="It stops in the evening and comes back in the morning.",
        environment=None,
        cause=None,
        resolution="Replace the splitter and restart.",
        product=None,
        driver=None,
        language="en",
        author="agent-1",
    )


def _both(taken: Sequence[float]) -> str:
    return f"p50 {_at(taken, 0.5):.1f}, p95 {_at(taken, 0.95):.1f}"


def _at(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
