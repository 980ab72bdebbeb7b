"""Try the search on any set: `make knowledge-eval DOCS=articles.jsonl QUERIES=questions.jsonl [MOST=500]`.

Articles: one JSON object a line with id, title, body. Questions: id, text, rel (ids of the right articles). One line of figures comes out.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench.peers.kept_vectors import KeptVectors
from tests.bench.peers.knowledge_sets import evaluate, read_docs, read_queries


async def main(docs: str, queries: str, most: int) -> None:
    """Print what the set gave: nDCG@10 of words, of words and meaning, with two typing errors, of the two databases' own searches."""
    articles = read_docs(Path(docs))
    result = await evaluate(Path(docs).stem, articles, read_queries(Path(queries), most), KeptVectors())
    shown = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(result).items()}
    print(json.dumps({"language": articles.language, "articles": len(articles.docs)} | shown))


if __name__ == "__main__":
    if len(sys.argv) < 3 or not all(Path(path).is_file() for path in sys.argv[1:3]):
        sys.exit("DOCS and QUERIES must be two files of JSON lines")
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 500))
