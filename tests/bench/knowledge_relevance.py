"""How well the search finds: nDCG at 10 over sets of articles and questions, across languages, with typing errors, on both databases."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench.figure import Figure
from tests.bench.peers.kept_vectors import KeptVectors
from tests.bench.peers.knowledge_sets import Result, evaluate, mean_ndcg, open_desk, read_docs, read_queries, write_all

FOLDER = Path("../shared/data/knowledge")
QUESTIONS = 500
ACROSS = (("zh", "xquad_zh"), ("ru", "xquad_ru"))


async def run() -> list[Figure]:
    sets = _sets()
    if not sets:
        return [Figure("knowledge.ndcg_lexical", 0, "nDCG@10", 0.91, note=f"not measured: {FOLDER} is not there")]
    vectors = KeptVectors()
    results = [await evaluate(name, read_docs(_docs(name)), read_queries(_queries(name), QUESTIONS), vectors) for name in sets]
    figures = [*_means(results), *_losses(results), *_peers(results)]
    figures.append(Figure("knowledge.same_top10", sum(one.same for one in results) / sum(one.compared for one in results), "share", 1.0))
    return figures + await _across(vectors)


def _sets() -> list[str]:
    return sorted(path.name.removesuffix(".docs.jsonl") for path in FOLDER.glob("*.docs.jsonl"))


def _docs(name: str) -> Path:
    return FOLDER / f"{name}.docs.jsonl"


def _queries(name: str) -> Path:
    return FOLDER / f"{name}.queries.jsonl"


def _means(results: Sequence[Result]) -> list[Figure]:
    lexical, hybrid = ({one.name: round(getattr(one, way), 3) for one in results} for way in ("lexical", "hybrid"))
    return [
        Figure("knowledge.ndcg_lexical", sum(one.lexical for one in results) / len(results), "nDCG@10", 0.91, note=str(lexical)),
        Figure("knowledge.ndcg_hybrid", sum(one.hybrid for one in results) / len(results), "nDCG@10", 0.95, note=str(hybrid)),
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
