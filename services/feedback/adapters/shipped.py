"""What ships with the product for reading texts: the tone head, the sentences that it was learned from, and texts about nothing in particular.

Only project-written sentences and CC BY data are in it; see models/ATTRIBUTION.md.
"""

import io
import json
from functools import cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.fitting import Lesson, fit_shipped
from services.feedback.domain.heads import Head
from services.feedback.domain.ports import Embedder, Matrix

Seeds = tuple[list[str], list[str], NDArray[np.int64]]
_MODELS = files("services.feedback.adapters") / "models"


class Shipped:
    """Reads the shipped files for one embedder at first use."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @cached_property
    def sentiment(self) -> Head:
        """The tone head as it was trained for the release."""
        return self._head("sentiment", self.tone_sentences)

    @cached_property
    def emotion(self) -> Head:
        """The emotion head: anger, sadness, joy, neutral."""
        return self._head("emotion", self.sentences("emotion"))

    @cached_property
    def dimension(self) -> Head:
        """Tells sentences about people (service), about how it works (process) and about what was bought (product) apart."""
        return self._head("dimension", self.sentences("dimension"))

    def _head(self, axis: str, seeds: Seeds) -> Head:
        """Return the head as it was trained for the release; for any other embedder it is learned now, from the same sentences."""
        stored = _MODELS / f"{axis}.{self._embedder.name}.npz"
        if stored.is_file():
            return Head.from_bytes(stored.read_bytes())
        texts, labels, groups = seeds
        vectors = self.tone_vectors if axis == "sentiment" else self._embedder.embed(texts)
        return fit_shipped(axis, self._embedder.name, Lesson(vectors, labels, groups=groups))

    @cached_property
    def tone_sentences(self) -> Seeds:
        """Texts, their tones, and the number that translations of one sentence share."""
        return self.sentences("sentiment")

    def sentences(self, axis: str) -> Seeds:
        """Texts of an axis, their classes, and the number that translations of one sentence share."""
        by_language: dict[str, dict[str, list[str]]] = json.loads((_MODELS / f"{axis}_seeds.json").read_text("utf-8"))
        rows = [(text, tone, place) for tones in by_language.values() for tone, texts in tones.items() for place, text in enumerate(texts)]
        return [text for text, _, _ in rows], [tone for _, tone, _ in rows], np.array([place for _, _, place in rows])

    @cached_property
    def background(self) -> list[str]:
        """Texts that are about none of an organisation's drivers."""
        return [json.loads(line)["text"] for line in (_MODELS / "background.jsonl").read_text("utf-8").splitlines()]

    @cached_property
    def tone_vectors(self) -> Matrix:
        """Vectors of the tone sentences."""
        return self._vectors("tone", self.tone_sentences[0])

    @cached_property
    def background_vectors(self) -> Matrix:
        """Vectors of the background texts."""
        return self._vectors("background", self.background)

    def _vectors(self, name: str, texts: list[str]) -> Matrix:
        stored = _MODELS / f"vectors.{self._embedder.name}.npz"
        if not stored.is_file():
            return self._embedder.embed(texts)
        with np.load(io.BytesIO(stored.read_bytes()), allow_pickle=False) as file:
            return np.asarray(file[name], dtype=np.float32)
