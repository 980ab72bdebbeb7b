"""What a head is learned from, and the two ways in which words are learned.

Words are learned by logistic regression. Those of many texts that nothing reads beside them are learned with pairs of words that stand apart, by
support vectors of each code against the rest: a pair tells what neither of its words does, and only the texts that are not clear yet have a say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.ports import Matrix
from services.feedback.domain.solving import CROSS_ENTROPY, SQUARED_HINGE, Loss, solve
from services.feedback.domain.words import WordTable

VECTOR_ROUNDS = 120
WORD_STRENGTH, WORD_ROUNDS = 100.0, 80
MARGIN_STRENGTH = 1.0

Weights = tuple[Matrix, Matrix]
"""Features x classes, and the bias of each class."""


@dataclass(frozen=True, slots=True)
class Lecture:
    """What is learned from, beside the rows themselves."""

    classes: tuple[str, ...]
    target: NDArray[np.int64]
    share: NDArray[np.float64]
    strength: float

    def solve(self, ready: Matrix, kept: NDArray[np.bool_] | None = None, start: Weights | None = None, rounds: int = VECTOR_ROUNDS) -> Weights:
        """Return a head of vectors. `kept` are the rows that are learned from; None: all."""
        return self._solved(ready, kept, self.strength, rounds, start)

    def spell(self, table: WordTable, kept: NDArray[np.bool_] | None = None, start: Weights | None = None, *, rounds: int = WORD_ROUNDS) -> Weights:
        """Return what is learned of the words of the `kept` rows (None: all). Who begins with what most rows taught goes half the way."""
        rounds = rounds if start is None else rounds // 2
        if table.wide:
            return self._solved(table.rows, kept, MARGIN_STRENGTH, rounds, start, SQUARED_HINGE)
        return self._solved(table.rows, kept, WORD_STRENGTH, rounds, start)

    def _solved(
        self, rows: Matrix, kept: NDArray[np.bool_] | None, strength: float, rounds: int, start: Weights | None, loss: Loss = CROSS_ENTROPY
    ) -> Weights:
        chosen = np.ones(len(self.target), dtype=np.bool_) if kept is None else kept
        many = len(self.classes)
        return solve(rows[chosen], self.target[chosen], self.share[chosen], many, strength, rounds=rounds, start=start, loss=loss)
