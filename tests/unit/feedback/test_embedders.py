"""Embedders that an installation chooses: the address is asked as OpenAI's is, the folder is checked before it is used."""

import json
from pathlib import Path

import httpx
import numpy as np
import pytest

from services.feedback.adapters.embedders import embedder
from services.feedback.adapters.remote import EmbeddingAddress, OnnxFolder, pooled


class FakeAddress:
    """Gives each text a vector of its length and its number; in any order, and now and then nothing at all."""

    def __init__(self, *failures: int) -> None:
        self.failures = list(failures)
        self.asked: list[dict[str, object]] = []
        self.keys: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.keys.append(request.headers.get("authorization"))
        assert str(request.url) == "https://models.example/v1/embeddings"
        if self.failures:
            return httpx.Response(self.failures.pop(0), json={"error": {"message": "busy"}})
        body = json.loads(request.content)
        self.asked.append(body)
        data = [{"object": "embedding", "index": at, "embedding": [float(len(text)), float(at)]} for at, text in enumerate(body["input"])]
        return httpx.Response(200, json={"object": "list", "data": data[::-1], "model": body["model"], "usage": {"prompt_tokens": 1}})


def _address(fake: FakeAddress) -> EmbeddingAddress:
    return EmbeddingAddress("https://models.example/v1", "small", "secret", httpx.MockTransport(fake))


def test_an_address_is_asked_in_parts_and_its_vectors_are_put_in_order() -> None:
    fake = FakeAddress(503)
    rows = _address(fake).embed(["a" * (n % 7 + 1) for n in range(70)])
    assert rows.shape == (70, 2)
    assert [float(row[0]) for row in rows[:8]] == [1, 2, 3, 4, 5, 6, 7, 1]
    assert [len(body["input"]) for body in fake.asked] == [64, 6]  # type: ignore[arg-type]  # lists of texts
    assert fake.asked[0]["model"] == "small"
    assert set(fake.keys) == {"Bearer secret"}


def test_a_refusal_is_raised_at_once_and_a_busy_address_after_three_tries() -> None:
    refusing, busy = FakeAddress(401, 401), FakeAddress(429, 503, 500, 500)
    for fake in (refusing, busy):
        with pytest.raises(httpx.HTTPStatusError):
            _address(fake).embed(["x"])
    assert (len(refusing.failures), len(busy.failures)) == (1, 1)


def test_an_address_that_leaves_out_a_vector_is_not_believed() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"data": [{"index": 1, "embedding": [1.0]}]}))
    with pytest.raises(ValueError, match="2 vectors were asked for, 1 came"):
        EmbeddingAddress("https://models.example/v1", "small", None, transport).embed(["a", "b"])


def test_token_vectors_become_one_of_length_one_and_padding_has_no_say() -> None:
    states = np.array([[[3.0, 0.0], [0.0, 4.0], [99.0, 99.0]]], dtype=np.float32)
    assert np.allclose(pooled(states, np.array([[1, 1, 0]])), [[0.6, 0.8]])
    assert np.allclose(pooled(np.array([[3.0, 4.0]], dtype=np.float32), np.array([[1]])), [[0.6, 0.8]])


def test_what_an_embedder_needs_is_missed_when_the_service_starts(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no model\.onnx"):
        OnnxFolder(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"one model")
    (tmp_path / "tokenizer.json").write_text("{}")
    first = OnnxFolder(tmp_path).name
    (tmp_path / "model.onnx").write_bytes(b"another model")
    assert OnnxFolder(tmp_path).name != first  # heads of one model are never used with another
    for name in ("onnx", "openai", "word2vec"):
        with pytest.raises(ValueError, match=name):
            embedder(name)
