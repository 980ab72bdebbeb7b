"""Where to look words up in a large house: our index in memory beside tantivy, with the same terms, at 50,000 articles (decision 0011)."""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from services.kit.ids import new_id
from services.knowledge.domain.analysis import terms
from services.knowledge.domain.postings import PostingIndex
from services.knowledge.domain.ranking import Corpus, idf
from services.knowledge.domain.segments import Placed
from services.knowledge.domain.telling import Wanted
from tests.bench.figure import Figure
from tests.bench.knowledge_relevance import FOLDER
from tests.bench.peers.many_articles import STANDING, made_texts, real_questions

MANY = int(os.environ.get("KNOWLEDGE_ARTICLES", "50000"))
QUESTIONS, BEST, ADDED = 200, 10, 30
Found = tuple[list[float], list[list[str]]]


async def run() -> list[Figure]:
    if not FOLDER.is_dir():
        return [Figure("knowledge.backend_ms", 0, "ms", 5, lower_is_better=True, note=f"not measured: {FOLDER} is not there")]
    try:
        import tantivy  # noqa: F401  only to see whether the group `bench` is installed
    except ImportError:
        return [Figure("knowledge.backend_ms", 0, "ms", 5, lower_is_better=True, note="not measured: tantivy is not installed (group bench)")]
    read = [(new_id(), terms(title, "en"), terms(body, "en")) for title, body in made_texts(FOLDER, MANY)]
    questions = [list(dict.fromkeys(terms(text, "en"))) for text in real_questions(FOLDER, QUESTIONS)]
    (ours, lists), our_wait = _memory(read, questions)
    (theirs, other), their_wait = _tantivy(read, questions)
    common = sum(len(set(a) & set(b)) for a, b in zip(lists, other, strict=True)) / sum(len(one) for one in lists)
    note = (
        f"{MANY} articles, {QUESTIONS} questions, p95; p50 {_at(ours, 0.5):.2f} and {_at(theirs, 0.5):.2f}; {common:.0%} of our best ten are in its"
    )
    waits: dict[str, Any] = {"reference": "tantivy", "reference_value": _at(their_wait, 0.95)}
    return [
        Figure(
            "knowledge.backend_ms", _at(ours, 0.95), "ms", 10, lower_is_better=True, reference="tantivy", reference_value=_at(theirs, 0.95), note=note
        ),
        Figure(
            "knowledge.backend_visible_ms", _at(our_wait, 0.95), "ms", 0.5, lower_is_better=True, note=f"{ADDED} additions to found, p95", **waits
        ),
    ]


Read = tuple[UUID, list[str], list[str]]


def _placed(one: Read) -> Placed:
    article, title, body = one
    whole = title + body
    return Placed(article, STANDING, len(title), len(whole), [(term, title.count(term), whole.count(term)) for term in dict.fromkeys(whole)], None)


def _memory(read: Sequence[Read], questions: Sequence[list[str]]) -> tuple[Found, list[float]]:
    index = PostingIndex()
    index.absorb([_placed(one) for one in read])

    def ask(words: list[str]) -> list[str]:
        snapshot = index.now
        [(_, articles, title, text)] = snapshot.totals
        corpus = Corpus(articles, title / articles, text / articles)
        seen = snapshot.seen((STANDING,), corpus)
        holding = {word: snapshot.holding(word, seen) for word in words}
        wanted = {word: Wanted(word, word, idf(corpus, number), number, corrected=False) for word, number in holding.items() if number}
        return [str(one) for one in snapshot.best(wanted, seen, BEST)]

    def add(one: Read) -> None:
        index.absorb([_placed(one)])

    return _timed(ask, questions), _added(add, ask)


def _tantivy(read: Sequence[Read], questions: Sequence[list[str]]) -> tuple[Found, list[float]]:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    for name in ("standing", "title", "whole"):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(128_000_000, 1)

    def put(one: Read) -> None:
        article, title, body = one
        writer.add_document(tantivy.Document(id=str(article), standing=STANDING, title=" ".join(title), whole=" ".join(title + body)))

    def show() -> None:
        writer.commit()
        index.reload()

    def ask(words: list[str]) -> list[str]:
        any_word = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, name, word)) for name in ("title", "whole") for word in words]
        visible = tantivy.Query.term_query(schema, "standing", STANDING)
        both = [(tantivy.Occur.Must, tantivy.Query.boost_query(visible, 0.0)), (tantivy.Occur.Must, tantivy.Query.boolean_query(any_word))]
        searcher = index.searcher()
        return [searcher.doc(place)["id"][0] for _, place in searcher.search(tantivy.Query.boolean_query(both), BEST).hits]

    def add(one: Read) -> None:
        put(one)
        show()

    for one in read:
        put(one)
    show()
    return _timed(ask, questions), _added(add, ask)


def _timed(ask: Callable[[list[str]], list[str]], questions: Sequence[list[str]]) -> Found:
    for words in questions[:10]:
        ask(words)
    taken, lists = [], []
    for words in questions:
        began = time.perf_counter()
        lists.append(ask(words))
        taken.append(1000 * (time.perf_counter() - began))
    return taken, lists


def _added(add: Callable[[Read], None], ask: Callable[[list[str]], list[str]]) -> list[float]:
    taken = []
    for number in range(ADDED):
        article, word = new_id(), f"zyx{number}q"
        began = time.perf_counter()
        add((article, ["error", word], ["restart", "router"]))
        while str(article) not in ask([word]):
            pass
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _at(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
