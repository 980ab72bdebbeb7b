"""Read items with the heads in use. Everything here is computation: it runs in a worker thread, never inside a transaction."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.categorising import Heads, Place, Voice, categorise
from services.feedback.domain.heads import PERSON, Head
from services.feedback.domain.normalise import for_models
from services.feedback.domain.ports import Embedder, Matrix
from services.feedback.models import Item
from services.feedback.use_cases.record_labels import ReadItem


class ShippedTexts(Protocol):
    """What ships with the product, for one embedder."""

    @property
    def sentiment(self) -> Head: ...  # noqa: D102 - see adapters.shipped
    @property
    def tone_sentences(self) -> tuple[list[str], list[str], NDArray[np.int64]]: ...  # noqa: D102
    @property
    def tone_vectors(self) -> Matrix: ...  # noqa: D102
    @property
    def background_vectors(self) -> Matrix: ...  # noqa: D102


@dataclass(slots=True)
class Reader:
    """The tools of one process: embedder, language detector, shipped texts, and the newest heads that it has seen."""

    embedder: Embedder
    detect_language: Callable[[str], str | None]
    shipped: ShippedTexts
    learned: dict[str, Head]

    def take_heads(self, stored: Mapping[str, bytes], newest: Mapping[str, int]) -> None:
        """Swap in newly learned heads at once, drop those that no longer exist."""
        fresh = {axis: head for axis, head in self.learned.items() if axis in newest}
        self.learned = fresh | {axis: Head.from_bytes(raw) for axis, raw in stored.items()}

    def missing(self, newest: Mapping[str, int]) -> dict[str, int]:
        """Return the axes whose newest head is not here yet."""
        return {axis: version for axis, version in newest.items() if axis not in self.learned or self.learned[axis].version != version}

    def heads(self) -> Heads:
        """Return the heads that read now."""
        return Heads(self.learned.get("sentiment", self.shipped.sentiment), self.learned.get("driver"), self.learned.get("product"))

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors; one caller at a time, because the model keeps every core busy by itself."""
        with _ONE_AT_A_TIME:
            return self.embedder.embed(texts)

    def read(self, items: Sequence[Item], places: Mapping[str, Place], earlier: Mapping[UUID, int]) -> list[ReadItem]:
        """Read a batch of items."""
        heads = self.heads()
        texts = [for_models(". ".join(part for part in (item.title, item.text) if part)) for item in items]
        written = [text for text in texts if text]
        vectors = iter(self.embed(written)) if written else iter(())
        found = []
        for item, text in zip(items, texts, strict=True):
            row = next(vectors)[None, :] if text else None
            voice = Voice(
                item_id=item.id,
                text=text,
                language=(self.detect_language(text) if text else None) or item.language,
                score=item.score,
                scale_max=item.scale_max,
                hint_driver=item.hint_driver,
                wants_contact=item.wants_contact,
                earlier_negative=earlier.get(item.customer_id, 0) if item.customer_id else 0,
            )
            labels = categorise(voice, row, heads, places)
            kept = tuple(label for label in item.labels if label["decision"] == PERSON)
            found.append(ReadItem(item.id, item.version, labels, None if row is None else row[0].astype(np.float16).tobytes(), kept))
        return found


_ONE_AT_A_TIME = threading.Lock()
