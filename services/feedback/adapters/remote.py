"""Embedders that are chosen by the installation: a folder with an ONNX model, or an address that speaks as OpenAI's `/v1/embeddings` does."""

import hashlib
import json
import time
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from services.feedback.domain.ports import Matrix

LONGEST_TOKENS = 256
TOGETHER = 64
TIMEOUT_S = 30.0
TRIES = 3


class OnnxFolder:
    """`model.onnx` (or model_quantized.onnx) and `tokenizer.json` of a sentence encoder. Needs the packages onnxruntime and tokenizers.

    The mean of the token vectors, weighed by the attention mask, is the text's vector (Reimers and Gurevych 2019), of length 1. A file
    `antiphon.json` beside them may name a `prefix` that the model wants before each text, e.g. `query: ` for E5.
    """

    def __init__(self, folder: Path) -> None:
        found = [folder / name for name in ("model.onnx", "model_quantized.onnx") if (folder / name).is_file()]
        if not found or not (folder / "tokenizer.json").is_file():
            message = f"{folder} holds no model.onnx with its tokenizer.json"
            raise ValueError(message)
        self._model, self._tokens = found[0], folder / "tokenizer.json"
        options = folder / "antiphon.json"
        self._prefix = str(json.loads(options.read_text("utf-8")).get("prefix", "")) if options.is_file() else ""
        self.name = f"onnx-{_digest(self._model)}"

    @cached_property
    def _tools(self) -> tuple[Any, Any]:
        onnxruntime, tokenizers = import_module("onnxruntime"), import_module("tokenizers")  # only installations that choose them have them
        tokenizer = tokenizers.Tokenizer.from_file(str(self._tokens))
        tokenizer.enable_truncation(LONGEST_TOKENS)
        tokenizer.enable_padding()
        return onnxruntime.InferenceSession(str(self._model), providers=["CPUExecutionProvider"]), tokenizer

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors; texts of like length are read together."""
        session, tokenizer = self._tools
        wanted = {one.name for one in session.get_inputs()}
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows: list[Matrix | None] = [None] * len(texts)
        for start in range(0, len(order), TOGETHER):
            part = order[start : start + TOGETHER]
            read = tokenizer.encode_batch([self._prefix + texts[at] for at in part])
            mask = np.array([one.attention_mask for one in read], dtype=np.int64)
            given = {"input_ids": np.array([one.ids for one in read], dtype=np.int64), "attention_mask": mask, "token_type_ids": np.zeros_like(mask)}
            states = np.asarray(session.run(None, {name: value for name, value in given.items() if name in wanted})[0], dtype=np.float32)
            for at, row in zip(part, pooled(states, mask), strict=True):
                rows[at] = row
        return np.vstack([row for row in rows if row is not None])


def pooled(states: Matrix, mask: Any) -> Matrix:
    """Return the weighed mean of the token vectors, of length 1; states that are one vector a text already are only brought to length 1."""
    if states.ndim == 3:  # noqa: PLR2004 - texts x tokens x numbers
        weight = mask[:, :, None].astype(np.float32)
        states = (states * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    return np.asarray(states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _digest(path: Path) -> str:
    """Heads are learned for exactly one model: its name is made of its content."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()[:12]


class EmbeddingAddress:
    """`POST {base}/embeddings` with `{"model", "input"}`: OpenAI, and the many servers that speak as it does.

    A refusal or a silence is tried again twice, then raised: the reading stays due and is done later.
    """

    def __init__(self, base: str, model: str, key: str | None, transport: httpx.BaseTransport | None = None) -> None:
        self.name = f"openai-{model}"
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=base.rstrip("/") + "/", headers=headers, timeout=TIMEOUT_S, transport=transport)

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors; raises httpx.HTTPError when the address does not answer, ValueError when it answers oddly."""
        rows: list[Matrix] = []
        for start in range(0, len(texts), TOGETHER):
            rows += self._some(list(texts[start : start + TOGETHER]))
        return np.vstack(rows)

    def _some(self, texts: list[str]) -> list[Matrix]:
        answer = self._asked({"model": self._model, "input": texts, "encoding_format": "float"})
        found = sorted(answer.get("data", []), key=lambda one: int(one["index"]))
        if [int(one["index"]) for one in found] != list(range(len(texts))):
            message = f"{len(texts)} vectors were asked for, {len(found)} came"
            raise ValueError(message)
        return [np.asarray(one["embedding"], dtype=np.float32) for one in found]

    def _asked(self, body: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(1, TRIES + 1):
            try:
                response = self._client.post("embeddings", json=body)
                response.raise_for_status()
            except httpx.HTTPStatusError as error:
                if attempt == TRIES or not _passes(error.response.status_code):
                    raise
            except httpx.TransportError:
                if attempt == TRIES:
                    raise
            else:
                found: dict[str, Any] = response.json()
                return found
            time.sleep(0.2 * attempt)
        raise AssertionError  # the last try returned or raised


def _passes(status: int) -> bool:
    return status in {408, 429} or status >= 500  # noqa: PLR2004 - theirs, and later
