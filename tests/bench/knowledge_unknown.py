"""How well the search says what it does not know: half of the topics of a set are left out, and questions about both halves are asked.

The questions about what is left out are in the language of the articles and of their kind, so that neither their form nor their length gives them
away. `ANTIPHON_BENCH_PARTS=xquad_en` measures that set alone.
"""

import os
import random
from collections import defaultdict
from collections.abc import Sequence

from tests.bench.figure import Figure
from tests.bench.knowledge_relevance import FOLDER
from tests.bench.peers.kept_vectors import KeptVectors
from tests.bench.peers.knowledge_sets import Articles, Desk, Query, open_desk, read_docs, read_queries, write_all

SETS = ("xquad_en", "xquad_ru")
QUESTIONS, NONSENSE = 300, 60
LETTERS = "bcdfgklmnprstvaeiou"


async def run() -> list[Figure]:
    if not FOLDER.is_dir():
        return [Figure("knowledge.knows_what_it_knows", 0, "share", 1.0, note=f"not measured: {FOLDER} is not there")]
    wanted = set(filter(None, os.environ.get("ANTIPHON_BENCH_PARTS", "").split(","))) or set(SETS)
    return [await _told_apart(name) for name in SETS if name in wanted]


async def _told_apart(name: str) -> Figure:
    """Return the mean of two shares: questions about what is there that count as answered, and about what is not that do not."""
    articles, queries = read_docs(FOLDER / f"{name}.docs.jsonl"), read_queries(FOLDER / f"{name}.queries.jsonl", 1_000)
    kept = _half(articles)
    chosen = random.Random(1).sample(queries, QUESTIONS)  # noqa: S311  a lot that repeats, no secret
    about = [Query(text, frozenset()) for text in _nonsense()]
    async with open_desk("sqlite", KeptVectors()) as desk:
        await write_all(desk, kept)
        await desk.embed()
        there, absent = await _asked(desk, kept, chosen)
        nonsense = (await _asked(desk, kept, about))[1]
    said = (_share(there, 0) + 1 - _share(absent, 0)) / 2
    found = (_share(there, 1) + 1 - _share(absent, 1)) / 2
    note = (
        f"{name}, {len(there)} questions about {len(kept.docs)} articles, {len(absent)} about those left out, {len(nonsense)} of nonsense; "
        f"counted as answered {_share(there, 0):.3f}, {_share(absent, 0):.3f}, {_share(nonsense, 0):.3f}; "
        f"anything found {_share(there, 1):.3f}, {_share(absent, 1):.3f}, {_share(nonsense, 1):.3f}"
    )
    return Figure(
        f"knowledge.knows_what_it_knows_{name}", said, "share", 1.0, reference="whether anything is found", reference_value=found, note=note
    )


def _half(articles: Articles) -> Articles:
    topics = defaultdict(list)
    for doc in articles.docs:
        topics[doc["title"]].append(doc)
    names = sorted(topics)
    random.Random(3).shuffle(names)  # noqa: S311  a lot that repeats, no secret
    return Articles([doc for name in names[: len(names) // 2] for doc in topics[name]], articles.language)


async def _asked(desk: Desk, kept: Articles, queries: Sequence[Query]) -> tuple[list[tuple[bool, bool]], list[tuple[bool, bool]]]:
    """Return for questions about what is there, and for the others, whether the search counts them as answered, and whether it found anything."""
    ids = {doc["id"] for doc in kept.docs}
    there: list[tuple[bool, bool]] = []
    absent: list[tuple[bool, bool]] = []
    for query in queries:
        answer = await desk.api.get("/knowledge/v1/search", params={"q": query.text, "limit": 10})
        answer.raise_for_status()
        found = answer.json()
        (there if query.right & ids else absent).append((found["answered"], bool(found["results"])))
    return there, absent


def _nonsense() -> list[str]:
    """Make words that nobody ever wrote, one to four of them."""
    chance = random.Random(77)  # noqa: S311  a lot that repeats, no secret
    return [" ".join("".join(chance.choices(LETTERS, k=chance.randint(4, 8))) for _ in range(1 + number % 4)) for number in range(NONSENSE)]


def _share(answers: Sequence[tuple[bool, bool]], at: int) -> float:
    return sum(one[at] for one in answers) / len(answers)
