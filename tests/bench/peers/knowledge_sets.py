"""A set of articles and questions, put through the service's own doors and through the searches that come with SQLite and PostgreSQL."""

import asyncio
import csv
import io
import json
import math
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import eldc
import httpx

from services.knowledge.adapters.meanings import Meanings
from services.knowledge.app import service
from tests.bench.peers.kept_vectors import KeptVectors
from tests.support.room import Room, opened_room
from tests.support.servers import drop_database, fresh_database, shared_postgres

BEST = 10
LONGEST_QUESTION = 500
_IN_ONE_IMPORT = 100
_PIECE = 20_000
"""Characters of one piece of a file in an import."""


@dataclass(frozen=True)
class Query:
    """A question, and the articles that answer it."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Articles:
    """Articles as they come: id, title, body."""

    docs: list[dict[str, Any]]
    language: str


def read_docs(path: Path) -> Articles:
    """Read articles; their language is told from the texts, as nobody may have written it down."""
    docs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    sample = docs[:: max(1, len(docs) // 40)]
    eldc.init()
    found = Counter(str(eldc.detect(f"{doc['title']} {doc['body']}"[:1000])) for doc in sample)
    return Articles(docs, found.most_common(1)[0][0] or "en")


def read_queries(path: Path, most: int) -> list[Query]:
    """Read the first questions."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()][:most]
    return [Query(line["text"][:LONGEST_QUESTION], frozenset(line["rel"])) for line in lines]


def ndcg(found: Sequence[str], right: frozenset[str]) -> float:
    """NDCG at 10 with gains of 0 and 1 (Järvelin and Kekäläinen 2002)."""
    gained = sum(1 / math.log2(place + 2) for place, one in enumerate(found[:BEST]) if one in right)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(BEST, len(right))))


def mean_ndcg(lists: Sequence[Sequence[str]], queries: Sequence[Query]) -> float:
    """The mean over the questions."""
    return sum(ndcg(found, query.right) for found, query in zip(lists, queries, strict=True)) / len(queries)


def with_typos(text: str, chance: random.Random, errors: int) -> str:
    """Make one random error (drop, double, replace, swap) in up to `errors` words of five letters and more; anywhere in the word."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    for at in chance.sample(long, min(errors, len(long))):
        word = words[at]
        place = chance.randrange(len(word) - 1)
        letter = chance.choice(word.lower())
        words[at] = chance.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ],
        )
    return " ".join(words)


@dataclass
class Desk:
    """The running service with a set of articles in it."""

    room: Room
    api: httpx.AsyncClient
    names: dict[str, str]

    async def ask(self, text: str, mode: str) -> list[str]:
        """Search through the public door."""
        answer = await self.api.get("/knowledge/v1/search", params={"q": text, "mode": mode, "limit": BEST})
        answer.raise_for_status()
        return [self.names[one["article_id"]] for one in answer.json()["results"]]

    async def ask_all(self, queries: Sequence[Query], mode: str) -> list[list[str]]:
        return [await self.ask(query.text, mode) for query in queries]

    async def embed(self) -> None:
        """Have everything embedded that waits."""
        while await self.room.runtime.resources["meanings"].embed_waiting(self.room.runtime):
            await asyncio.sleep(0)


@asynccontextmanager
async def open_desk(engine: str, vectors: KeptVectors | None) -> AsyncIterator[Desk]:
    """Open the service on a fresh database of this engine."""
    server = shared_postgres() if engine == "postgresql" else None
    url = await fresh_database(server) if server else None
    try:
        with TemporaryDirectory() as folder:
            async with opened_room(service, Path(folder), url) as room:
                room.runtime.resources["meanings"] = Meanings(vectors, wait_s=60) if vectors else None
                yield Desk(room, room.client("knowledge:read", "knowledge:write"), {})
    finally:
        if server and url:
            await drop_database(server, url)


async def write_all(desk: Desk, articles: Articles) -> None:
    """Bring the articles in as an organisation does that has them: tables through the import, so many of them that each call stays small."""
    known = {str(doc["id"]): doc["id"] for doc in articles.docs}
    for start in range(0, len(articles.docs), _IN_ONE_IMPORT):
        table = _table(articles.docs[start : start + _IN_ONE_IMPORT])
        pieces = [table[at : at + _PIECE] for at in range(0, len(table), _PIECE)]
        body = {"origin": "bench", "language": articles.language, "files": [{"path": "set.csv", "kind": "csv", "content": pieces}]}
        answer = await desk.api.post("/knowledge/v1/imports", json=body)
        answer.raise_for_status()
        if answer.json()["refused"]:
            raise ValueError(f"not all articles were taken in: {answer.json()['faults']}")
    cursor: str | None = None
    while True:
        page = await desk.api.get("/knowledge/v1/articles", params={"limit": 100} | ({"cursor": cursor} if cursor else {}))
        page.raise_for_status()
        desk.names |= {one["id"]: known[one["source"].removeprefix("bench/set.csv#")] for one in page.json()["items"]}
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return


def _table(docs: Sequence[dict[str, Any]]) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["id", "title", "body"])
    table.writerows([doc["id"], " ".join((doc["title"] or doc["body"]).split())[:500], doc["body"][:20_000]] for doc in docs)
    return out.getvalue()


def fts5(articles: Articles, queries: Sequence[Query]) -> list[list[str]]:
    """SQLite's own full-text search: unicode61, BM25, any of the words."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE found USING fts5 (id UNINDEXED, title, body, tokenize = 'unicode61')")
    db.executemany("INSERT INTO found VALUES (?, ?, ?)", [(doc["id"], doc["title"], doc["body"]) for doc in articles.docs])
    lists = []
    for query in queries:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query.text.lower())))
        sql = "SELECT id FROM found WHERE found MATCH ? ORDER BY bm25(found) LIMIT ?"
        lists.append([row[0] for row in db.execute(sql, (words, BEST))] if words else [])
    return lists


_CONFIGURATIONS = {"en": "english", "de": "german", "ru": "russian", "es": "spanish", "fr": "french", "ar": "arabic", "tr": "turkish"}


async def ts_rank_cd(articles: Articles, queries: Sequence[Query]) -> list[list[str]]:
    """PostgreSQL's own full-text search in the language's configuration (`simple` where it has none), ts_rank_cd, any of the words."""
    server = shared_postgres()
    url = await fresh_database(server)
    configuration = _CONFIGURATIONS.get(articles.language, "simple")
    try:
        db = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
        await db.execute("CREATE TABLE found (id text, words tsvector)")
        rows = [(doc["id"], doc["title"], doc["body"]) for doc in articles.docs]
        vector = f"setweight(to_tsvector('{configuration}', $2), 'A') || setweight(to_tsvector('{configuration}', $3), 'B')"
        await db.executemany(f"INSERT INTO found VALUES ($1, {vector})", rows)
        lists: list[list[str]] = []
        for query in queries:
            words = re.findall(r"\w+", query.text.lower())[:40]
            parts = [f"plainto_tsquery('{configuration}', ${at + 1})" for at in range(len(words))]
            if not parts:
                lists.append([])
                continue
            asked = f"(SELECT {' || '.join(parts)} AS q) AS asked"
            sql = f"SELECT id FROM found, {asked} WHERE words @@ q ORDER BY ts_rank_cd(words, q) DESC, id LIMIT {BEST}"
            lists.append([row["id"] for row in await db.fetch(sql, *words)])
        await db.close()
    finally:
        await drop_database(server, url)
    return lists


@dataclass
class Result:
    """What one set gave."""

    name: str
    questions: int
    lexical: float
    hybrid: float | None
    """None when only words were searched."""
    two_typos: float
    fts5: float
    ts_rank_cd: float
    same: int
    compared: int
    seconds: float


async def evaluate(name: str, articles: Articles, queries: Sequence[Query], vectors: KeptVectors | None) -> Result:
    """Put one set through everything; without vectors, words alone."""
    began = time.perf_counter()
    chance = random.Random(7)  # noqa: S311  no secret
    spoiled = [Query(with_typos(query.text, chance, 2), query.right) for query in queries]
    lists: dict[tuple[str, str], list[list[str]]] = {}
    typos: list[list[str]] = []
    modes = ("words", "mixed") if vectors else ("words",)
    for engine in ("sqlite", "postgresql"):
        async with open_desk(engine, vectors) as desk:
            await write_all(desk, articles)
            if vectors:
                await desk.embed()
            for mode in modes:
                lists[engine, mode] = await desk.ask_all(queries, mode)
            if engine == "sqlite":
                typos = await desk.ask_all(spoiled, "words")
    pairs = [pair for mode in modes for pair in zip(lists["sqlite", mode], lists["postgresql", mode], strict=True)]
    return Result(
        name=name,
        questions=len(queries),
        lexical=mean_ndcg(lists["sqlite", "words"], queries),
        hybrid=mean_ndcg(lists["sqlite", "mixed"], queries) if vectors else None,
        two_typos=mean_ndcg(typos, queries),
        fts5=mean_ndcg(fts5(articles, queries), queries),
        ts_rank_cd=mean_ndcg(await ts_rank_cd(articles, queries), queries),
        same=sum(a == b for a, b in pairs),
        compared=len(pairs),
        seconds=time.perf_counter() - began,
    )
