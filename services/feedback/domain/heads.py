"""A head turns a text into one code of one axis, and says how sure it is.

A head is multinomial logistic regression on centred, length-normalised vectors, averaged with one on the text's words where that reads better.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.ports import Matrix
from services.feedback.domain.words import WordHead

Precision = TypeVar("Precision", np.float32, np.float64)

NONE_OF_THESE = ""
"""The class of texts that are about nothing in the taxonomy; reading it means `unknown`."""

NEAREST_SAY = 5.0
"""What the cosine to the nearest taught text counts for beside log probabilities: chosen on ten labels a class of the development part of banking77
(CC BY 4.0), where it gained one point."""
AUTO = "auto"
NEEDS_REVIEW = "needs_review"
UNKNOWN = "unknown"
PERSON = "person"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a head says about one text. `code` is None when it is about nothing that the head knows."""

    code: str | None
    confidence: float
    decision: str
    best: tuple[tuple[str, float], ...]
    """The three likeliest codes with their probabilities, likeliest first."""
    margin: float
    """Probability of the first minus that of the second: small means that a person's label teaches most."""
    familiarity: float = 0.0
    """Energy score: log-sum-exp of the codes' logits; low means like nothing that was learned from."""


@dataclass(frozen=True, slots=True)
class Head:
    """Learned weights of one axis for one embedder, with what is needed to be honest about them."""

    axis: str
    version: int
    embedder: str
    classes: tuple[str, ...]
    weights: Matrix
    """dimensions x classes."""
    bias: Matrix
    mean: Matrix
    temperature: float
    """Logits are divided by it: fitted on held-out folds, so that 0.8 means right in 8 of 10."""
    threshold: float
    """The confidence from which a code is taken without a person (target precision 0.9 on held-out folds)."""
    energy_floor: float
    """log-sum-exp of the logits below which a text is like nothing seen."""
    trained_on: int
    accuracy: float | None
    """On held-out texts; None when there were too few texts to hold any out."""
    words: WordHead | None = None
    """The head that reads words; None while there are too few texts for one, or where it does not help."""
    word_share: float = 0.0
    """The share of the words' probabilities in the average, 0 to 1; at 1 the vectors are not read at all."""
    heats: tuple[float, float] = (1.0, 1.0)
    """What the logits of vectors and of words are divided by before they are averaged."""
    taught: Matrix | None = None
    """The prepared vectors that a head of few texts was taught by: the nearest of each code has a say. None in a head of many."""
    taught_codes: NDArray[np.int16] | None = None
    """The place of each such vector's code in `classes`."""

    def probabilities(self, vectors: Matrix, texts: Sequence[str] = ()) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the calibrated probabilities (texts x classes) and the energy score of each text. `texts` are needed by a head with words."""
        dense = self._of_vectors(vectors) if self.word_share < 1 or self.words is None else None
        spoken = self.words.logits(texts) if self.words is not None and self.word_share > 0 else None
        if spoken is None:
            logits = self._of_vectors(vectors) if dense is None else dense
            return softmax(logits / self.temperature), self.energy(logits)
        if dense is None:
            return softmax(spoken / (self.heats[1] * self.temperature)), self.energy(spoken)
        mixed = np.log(mix(dense, spoken, self.heats, self.word_share))
        if self.taught is not None and self.taught_codes is not None:
            mixed += NEAREST_SAY * self._nearest(vectors, self.taught, self.taught_codes)
        return softmax(mixed / self.temperature), self.energy(dense)

    def _nearest(self, vectors: Matrix, taught: Matrix, codes: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return for each text and code the cosine to the nearest text that taught this code."""
        likeness = prepare(vectors, self.mean) @ taught.T
        return np.stack([likeness[:, codes == place].max(axis=1, initial=-1.0) for place in range(len(self.classes))], axis=1).astype(np.float64)

    def energy(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the energy score of each row over the codes; the class of texts about nothing has no say."""
        return log_sum_exp(logits[:, [place for place, code in enumerate(self.classes) if code != NONE_OF_THESE]])

    def _of_vectors(self, vectors: Matrix) -> NDArray[np.float64]:
        return np.asarray(prepare(vectors, self.mean).astype(np.float64) @ self.weights + self.bias)

    def read(self, vectors: Matrix, texts: Sequence[str] = ()) -> list[Reading]:
        """Read every row."""
        chances, energies = self.probabilities(vectors, texts)
        return [self._reading(row, float(energy)) for row, energy in zip(chances, energies, strict=True)]

    def _reading(self, row: NDArray[np.float64], energy: float) -> Reading:
        order = np.argsort(-row, kind="stable")[:4]
        ranked = [(self.classes[place], float(row[place])) for place in order]
        first, confidence = ranked[0]
        margin = confidence - (ranked[1][1] if len(ranked) > 1 else 0.0)
        best = tuple((code, round(chance, 4)) for code, chance in ranked if code != NONE_OF_THESE)[:3]
        if first == NONE_OF_THESE or energy < self.energy_floor:
            return Reading(None, round(confidence, 4), UNKNOWN, best, margin, round(energy, 5))
        decision = AUTO if confidence >= self.threshold else NEEDS_REVIEW
        return Reading(first, round(confidence, 4), decision, best, margin, round(energy, 5))

    @property
    def name(self) -> str:
        """The provenance that labels carry, e.g. `model:driver@3`."""
        return f"model:{self.axis}@{self.version}"

    def to_bytes(self) -> bytes:
        """Return plain arrays and a JSON line in one npz file; nothing in it can run code."""
        facts = {
            "axis": self.axis,
            "version": self.version,
            "embedder": self.embedder,
            "classes": list(self.classes),
            "temperature": self.temperature,
            "threshold": self.threshold,
            "energy_floor": self.energy_floor,
            "trained_on": self.trained_on,
            "accuracy": self.accuracy,
            "word_share": self.word_share,
            "heats": list(self.heats),
        }
        arrays: dict[str, Any] = {"weights": self.weights, "bias": self.bias, "mean": self.mean}
        if self.words is not None:
            facts |= {"vocabulary": list(self.words.vocabulary), "wide": self.words.wide}
            if self.taught is not None and self.taught_codes is not None:
                arrays |= {"taught": self.taught.astype(np.float16), "taught_codes": self.taught_codes}
            arrays |= {"rarity": self.words.rarity, "word_weights": self.words.weights.astype(np.float16), "word_bias": self.words.bias}
        file = io.BytesIO()
        np.savez(file, facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8), **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        """Read what `to_bytes` wrote; raises ValueError on anything that would need pickle."""
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            facts = json.loads(file["facts"].tobytes())
            facts["classes"] = tuple(facts["classes"])
            facts["heats"] = tuple(facts.get("heats", (1.0, 1.0)))
            vocabulary = {term: place for place, term in enumerate(facts.pop("vocabulary", []))}
            words, wide = None, bool(facts.pop("wide", False))
            if vocabulary:
                words = WordHead(vocabulary, file["rarity"], file["word_weights"].astype(np.float32), file["word_bias"], wide)
            if "taught" in file:
                facts |= {"taught": file["taught"].astype(np.float32), "taught_codes": file["taught_codes"]}
            return cls(weights=file["weights"], bias=file["bias"], mean=file["mean"], words=words, **facts)


def mix(dense: NDArray[np.float64], spoken: NDArray[np.float64], heats: tuple[float, float], word_share: float) -> NDArray[np.float64]:
    """Return the weighted average of both heads' probabilities."""
    return np.asarray((1 - word_share) * softmax(dense / heats[0]) + word_share * softmax(spoken / heats[1]) + 1e-12)


def prepare(vectors: Matrix, mean: Matrix) -> Matrix:
    """Centre the vectors and give each the length 1 (sentence vectors share a large common part that says nothing)."""
    centred = vectors - mean
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(lengths, 1e-9), dtype=np.float32)


def softmax(logits: NDArray[Precision]) -> NDArray[Precision]:
    """Return each row as probabilities."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def log_sum_exp(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the energy score of each row (negative free energy; high means like the training texts)."""
    top = logits.max(axis=1)
    return np.asarray(top + np.log(np.exp(logits - top[:, None]).sum(axis=1)))
