"""How well the search finds: nDCG at 10 over sets of articles and questions, across languages, with typing errors, on both databases.

`ANTIPHON_BENCH_PARTS=stackfaq,across` measures these parts alone: the sets by name, and `across` for questions in another language. With
`KNOWLEDGE_WORDS_ALONE=1` nothing is embedded, which takes the model a quarter of an hour the first time.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.peers.kept_vectors import KeptVectors
from tests.bench.peers.knowledge_sets import Result, evaluate, mean_ndcg, open_desk, read_docs, read_queries, write_all

FOLDER = Path("../shared/data/knowledge")
QUESTIONS = 500
WORDS_ALONE = bool(os.environ.get("KNOWLEDGE_WORDS_ALONE"))
ACROSS = (("zh", "xquad_zh"), ("ru", "xquad_ru"))


async def run() -> list[Figure]:
    sets = _sets()
    if not sets:
        return [Figure("knowledge.ndcg_lexical", 0, "nDCG@10", 0.91, note=f"not measured: {FOLDER} is not there")]
    parts = _parts([*sets, "across"])
    vectors = None if WORDS_ALONE else KeptVectors()
    across = await _across(vectors) if vectors and "across" in parts else []
    sets = [name for name in sets if name in parts]
    if not sets:
        return across
    results = [await evaluate(name, read_docs(_docs(name)), read_queries(_queries(name), QUESTIONS), vectors) for name in sets]
    figures = [*_means(results), *_losses(results), *_peers(results)]
    figures.append(Figure("knowledge.same_top10", sum(one.same for one in results) / sum(one.compared for one in results), "share", 1.0))
    return figures + across


def _parts(names: Sequence[str]) -> set[str]:
    wanted = set(filter(None, os.environ.get("ANTIPHON_BENCH_PARTS", "").split(","))) or set(names)
    if wanted - set(names):
        raise ValueError(f"no part named {', '.join(sorted(wanted - set(names)))}; there are {', '.join(names)}")
    return wanted


def _sets() -> list[str]:
    return sorted(path.name.removesuffix(".docs.jsonl") for path in FOLDER.glob("*.docs.jsonl"))


def _docs(name: str) -> Path:
    return FOLDER / f"{name}.docs.jsonl"


def _queries(name: str) -> Path:
    return FOLDER / f"{name}.queries.jsonl"


def _means(results: Sequence[Result]) -> list[Figure]:
    lexical = {one.name: one.lexical for one in results}
    hybrid = {one.name: one.hybrid for one in results if one.hybrid is not None}
    return [
        Figure(name, sum(found.values()) / len(found), "nDCG@10", goal, note=str({of: round(value, 3) for of, value in found.items()}))
        for name, found, goal in (("knowledge.ndcg_lexical", lexical, 0.91), ("knowledge.ndcg_hybrid", hybrid, 0.95))
        if found
    ]


def _losses(results: Sequence[Result]) -> list[Figure]:
    losses = {one.name: 100 * (one.lexical - one.two_typos) for one in results}
    note = "the largest; words alone: " + str({name: round(loss, 1) for name, loss in losses.items()})
    return [Figure("knowledge.two_typos_loss", max(losses.values()), "points", 6, lower_is_better=True, note=note)]


def _peers(results: Sequence[Result]) -> list[Figure]:
    figures = []
    for peer, called in (("fts5", "SQLite FTS5 unicode61"), ("ts_rank_cd", "PostgreSQL ts_rank_cd")):
        worst = min(results, key=lambda one: one.lexical - getattr(one, peer))
        note = f"{called}, the set where it comes nearest: {worst.name}; all: " + str({one.name: round(getattr(one, peer), 3) for one in results})
        figures.append(
            Figure(f"knowledge.against_{peer}", worst.lexical, "nDCG@10", 1.0, reference=called, reference_value=getattr(worst, peer), note=note)
        )
    return figures


async def _across(vectors: KeptVectors) -> list[Figure]:
    """Questions in another language than the articles."""
    if "xquad_en" not in _sets():
        return []
    figures = []
    async with open_desk("sqlite", vectors) as desk:
        await write_all(desk, read_docs(_docs("xquad_en")))
        await desk.embed()
        for language, name in ACROSS:
            queries = read_queries(_queries(name), QUESTIONS)
            value = mean_ndcg(await desk.ask_all(queries, "mixed"), queries)
            figures.append(Figure(f"knowledge.cross_{language}_en", value, "nDCG@10", 0.80))
    return figures
