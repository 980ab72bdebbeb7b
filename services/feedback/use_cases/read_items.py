"""Read items with the heads in use. Everything here is computation: it runs in a worker thread, never inside a transaction."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.feedback import repository
from services.feedback.domain.categorising import Heads, Labels, Place, Voice, categorise
from services.feedback.domain.finding import terms
from services.feedback.domain.heads import PERSON, Head, Reading
from services.feedback.domain.ports import Embedder, Matrix
from services.feedback.domain.sentences import parts
from services.feedback.models import Item
from services.feedback.repository import spoken
from services.feedback.use_cases.record_labels import ReadItem
from services.kit.service import Runtime


class ShippedTexts(Protocol):
    """What ships with the product, for one embedder."""

    @property
    def sentiment(self) -> Head: ...  # noqa: D102 - see adapters.shipped
    @property
    def tone_sentences(self) -> tuple[list[str], list[str], NDArray[np.int64]]: ...  # noqa: D102
    @property
    def background(self) -> list[str]: ...  # noqa: D102
    @property
    def emotion(self) -> Head: ...  # noqa: D102
    @property
    def dimension(self) -> Head: ...  # noqa: D102
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

    def version(self, axis: str) -> int | None:
        """Return the version of the learned head that reads this axis now; None while there is none."""
        head = self.learned.get(axis)
        return head.version if head is not None else None

    def heads(self) -> Heads:
        """Return the heads that read now."""
        others = tuple(head for axis, head in sorted(self.learned.items()) if axis in FURTHER_AXES)
        return Heads(
            self.learned.get("sentiment", self.shipped.sentiment),
            self.learned.get("driver"),
            self.learned.get("product"),
            self.shipped.emotion,
            self.shipped.dimension,
            others,
        )

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return the vectors; one caller at a time, so that reading leaves the other cores to those who wait for answers."""
        with _ONE_AT_A_TIME:
            return self.embedder.embed(texts)

    @property
    def counts_words(self) -> bool:
        """Whether the embedder only counts words."""
        return self.embedder.name == "none"

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return int(self.shipped.tone_vectors.shape[1])

    def read(
        self,
        items: Sequence[Item],
        places: Mapping[str, Place],
        earlier: Mapping[UUID, int],
        known: Mapping[UUID, bytes],
    ) -> list[ReadItem]:
        """Read a batch of items; `known` are vectors that were made before."""
        heads = self.heads()
        texts = [spoken(item.title, item.text) for item in items]
        sentences = [parts(item.text) if text and item.id not in known else [] for item, text in zip(items, texts, strict=True)]
        new = [text for item, text in zip(items, texts, strict=True) if text and item.id not in known]
        new += [one.text for listed in sentences if len(listed) > 1 for one in listed]
        vectors = iter(self.embed(new)) if new else iter(())
        rows = [
            None if not text else np.frombuffer(known[item.id], dtype=np.float16).astype(np.float32) if item.id in known else next(vectors)
            for item, text in zip(items, texts, strict=True)
        ]
        found = []
        for item, text, row, listed in zip(items, texts, rows, sentences, strict=True):
            apart = [(one, next(vectors)[None, :]) for one in listed] if len(listed) > 1 else [(one, _row(row)) for one in listed]
            labels = categorise(self._voice(item, text, earlier), None if row is None else row[None, :], heads, places, apart)
            kept = tuple(label for label in item.labels if label["decision"] == PERSON)
            is_new = row is not None and item.id not in known
            fresh = row.astype(np.float16).tobytes() if row is not None and is_new else None
            words = tuple(terms(f"{item.title or ''} {item.text}", labels.language)) if is_new else ()
            labels = labels if is_new or row is None else replace(labels, aspects=None)
            found.append(ReadItem(item.id, item.version, labels, fresh, kept, words, _digest(text)))
        return found

    def read_texts(self, texts: Sequence[str], places: Mapping[str, Place]) -> list["TextReading"]:
        """Read texts that are not items: what would be said of them now."""
        heads = self.heads()
        written = [text for text in texts if text]
        vectors = iter(self.embed(written)) if written else iter(())
        found = []
        for text in texts:
            row = next(vectors)[None, :] if text else None
            voice = Voice(UUID(int=1), text, self.detect_language(text) if text else None, None, None, None, wants_contact=False, earlier_negative=0)
            labels = categorise(voice, row, heads, places)  # sentences are not read apart here: nothing of a text is kept
            driver = heads.driver.read(row, [text])[0] if heads.driver is not None and row is not None else None
            found.append(TextReading(labels, driver, self._telling(heads.driver, driver, text)))
        return found

    def _telling(self, head: Head | None, reading: Reading | None, text: str) -> list[str]:
        if head is None or head.words is None or reading is None or not reading.best:
            return []
        return head.words.telling(text, head.classes.index(reading.best[0][0]), TELLING)

    def _voice(self, item: Item, text: str, earlier: Mapping[UUID, int]) -> Voice:
        return Voice(
            item_id=item.id,
            text=text,
            language=(self.detect_language(text) if text else None) or item.language,
            score=item.score,
            scale_max=item.scale_max,
            hint_driver=item.hint_driver,
            wants_contact=item.wants_contact,
            earlier_negative=earlier.get(item.customer_id, 0) if item.customer_id else 0,
        )


@dataclass(frozen=True, slots=True)
class TextReading:
    """What is read out of a text: its labels, what the driver head says in full (None without one), the words that spoke most."""

    labels: Labels
    driver: Reading | None
    words: list[str]


async def refresh(runtime: Runtime, reader: Reader) -> None:
    """Load the heads that were learned since; a replica hears of them this way."""
    newest = await runtime.read(repository.head_versions, reader.embedder.name)
    missing = reader.missing(newest)
    stored = {}
    for axis, version in missing.items():
        row = await runtime.read(repository.learned_head, axis, version)
        if row is not None:
            stored[axis] = row.weights
    if missing or len(newest) < len(reader.learned):
        reader.take_heads(stored, newest)


def _row(row: Matrix | None) -> Matrix:
    if row is None:
        raise ValueError("a sentence without words")
    return row[None, :]


def _digest(text: str) -> str | None:
    """Return the hash by which the same words are known again; None for no words."""
    plain = " ".join(text.casefold().split())
    return sha256(plain.encode()).hexdigest()[:32] if plain else None


TELLING = 5
FURTHER_AXES = frozenset({"disposition", "journey_stage", "topic"})
_ONE_AT_A_TIME = threading.Lock()
