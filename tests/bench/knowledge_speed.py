"""How soon a written-up case is found, and how long a search takes at 5,000 and 50,000 articles, through the service's own doors."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.customers.contract import CaseWrittenUp
from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.knowledge.domain.analysis import VERSION, terms
from services.knowledge.models import Article, IndexedArticle, Posting
from services.knowledge.repository.index import learn_words
from services.knowledge.use_cases.write_article import blank_article
from tests.bench.figure import Figure
from tests.bench.knowledge_relevance import FOLDER
from tests.bench.peers.knowledge_sets import Desk, open_desk, read_docs, read_queries
from tests.support.room import Room

FEW, MANY = 5_000, 50_000
QUERIES, WARM = 150, 10
CASES = 100
BATCH = 500
GOALS = {"sqlite": 60.0, "postgresql": 200.0}
SHORT = {"sqlite": "sqlite", "postgresql": "pg"}
Text = tuple[str, str]


async def run() -> list[Figure]:
    if not FOLDER.is_dir():
        return [Figure("knowledge.visible_ms", 0, "ms", 50, lower_is_better=True, note=f"not measured: {FOLDER} is not there")]
    figures = []
    for engine in ("sqlite", "postgresql"):
        figures += await _speed(engine)
    return figures


async def _speed(engine: str) -> list[Figure]:
    texts, questions = _texts(), _questions()
    short, p95 = SHORT[engine], {}
    async with open_desk(engine, None) as desk:
        await _fill(desk.room, texts[:FEW])
        p95[FEW] = await _query_p95(desk, questions)
        visible = await _visible(desk) if engine == "postgresql" else []
        await _fill(desk.room, texts[FEW:])
        p95[MANY] = await _query_p95(desk, questions)
        if engine == "postgresql":
            note = f"commit of the write-up to found by search, {CASES} cases, {FEW} articles, words; p50 {_at(visible, 0.5):.1f}"
            at_once = Figure("knowledge.visible_ms", _at(visible, 0.99), "ms", 50, lower_is_better=True, note=note)
        else:
            at_once = None
    note = f"{QUERIES} questions, {MANY} articles, through the API, words; at {FEW}: {p95[FEW]:.1f}"
    figures = [Figure(f"knowledge.query_p95_ms_{short}", p95[MANY], "ms", GOALS[engine], lower_is_better=True, note=note)]
    figures.append(
        Figure(f"knowledge.growth_{short}", p95[MANY], "ms", 12, lower_is_better=True, reference=f"p95 at {FEW}", reference_value=p95[FEW])
    )
    return [*figures, *([at_once] if at_once else [])]


def _texts() -> list[Text]:
    """Make articles of about 35 words out of the sentences of real ones, so that words are as frequent as in real texts."""
    chance = random.Random(11)  # noqa: S311  no secret
    titles, sentences = [], []
    for name in ("stackfaq", "xquad_en"):
        for doc in read_docs(FOLDER / f"{name}.docs.jsonl").docs:
            titles.append(doc["title"])
            sentences += [part.strip() for part in doc["body"].split(". ") if 3 <= len(part.split()) <= 40]
    made = []
    for number in range(MANY):
        words = chance.choice(titles).split() + chance.choice(sentences).split()[:3] + [f"k{number % 997}"]
        made.append((" ".join(words)[:400], ". ".join(chance.sample(sentences, 2))))
    return made


def _questions() -> list[str]:
    found = [query.text for name in ("stackfaq", "xquad_en") for query in read_queries(FOLDER / f"{name}.queries.jsonl", 500)]
    return random.Random(5).sample(found, QUERIES + WARM)  # noqa: S311  no secret


async def _fill(room: Room, texts: Sequence[Text]) -> None:
    for start in range(0, len(texts), BATCH):
        await room.runtime.write(_keep, texts[start : start + BATCH])
    if room.runtime.db.dialect_name == "postgresql":
        await room.runtime.write(_analyze)


async def _keep(uow: UnitOfWork, texts: Sequence[Text]) -> None:
    """Write the rows that the service writes for an article, many articles to a statement: 50,000 one by one would take half an hour."""
    articles, docs, postings = [], [], []
    words: set[Any] = set()
    for title, body in texts:
        article = blank_article(uow).model_copy(update={"title": title, "resolution": body, "plain": body, "language": "en", "author": "bench"})
        article = article.model_copy(update={"state": "not_validated", "version": 1})
        in_title = Counter(terms(title, "en"))
        in_text = in_title + Counter(terms(body, "en"))
        row = {"standing": "a1i.en", "article_id": article.id, "title_length": in_title.total(), "text_length": in_text.total()}
        articles.append(article.model_dump())
        docs.append({**row, "analyzer": VERSION})
        postings += [{**row, "term": term, "in_title": in_title[term], "in_text": in_text[term]} for term in sorted(in_text)]
        words |= in_text.keys()
    await uow.insert(Article, *articles)
    await uow.insert(IndexedArticle, *docs)
    await uow.insert(Posting, *postings)
    await learn_words(uow, sorted(words))


async def _analyze(uow: UnitOfWork) -> None:
    await uow.raw("ANALYZE")  # as autovacuum does soon after such a load


async def _query_p95(desk: Desk, questions: Sequence[str]) -> float:
    taken = []
    for text in questions:
        began = time.perf_counter()
        answer = await desk.api.get("/knowledge/v1/search", params={"q": text, "mode": "words", "limit": 10})
        taken.append(1000 * (time.perf_counter() - began))
        answer.raise_for_status()
    return _at(taken[WARM:], 0.95)


async def _visible(desk: Desk) -> list[float]:
    """Hear a case written up, and search until it is found: from the commit on."""
    taken = []
    for number in range(CASES):
        word = f"zyx{number:04d}q"
        case, customer = new_id(), new_id()
        await desk.room.hear(_written(case, customer, word))
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


def _at(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
