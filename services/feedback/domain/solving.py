"""Linear heads by accelerated gradient steps, for dense vectors and for sparse rows of words alike.

Minimises sum of share * loss + |W|^2 / (2 strength). Deterministic: it starts at zero or at the weights that are given.
Nesterov 1983 with the restart of O'Donoghue and Candes 2015.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.heads import softmax
from services.feedback.domain.ports import Matrix

BIAS_SCALE = 0.2
"""The column of ones is scaled down: at full size it alone would dictate a step twenty times as small."""
SETTLED = 1e-3
"""The solver stops when no weight moves by more in one step, relative to the largest; finer steps change no reading."""
FEWEST_ROUNDS = 20
"""It does not before where it begins with given weights: its first steps are small then, as their pace has yet to grow, not as all is learned."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What a wrong or unsure answer costs: `slope` of scores (texts x classes) and targets, and the steepest that its second derivative gets."""

    slope: Callable[[Matrix, NDArray[np.int64]], Matrix]
    bend: float


def _unsure(scores: Matrix, target: NDArray[np.int64]) -> Matrix:
    chances = softmax(scores)
    chances[np.arange(len(target)), target] -= 1.0
    return chances


def _short(scores: Matrix, target: NDArray[np.int64]) -> Matrix:
    side = np.full_like(scores, -1.0)
    side[np.arange(len(target)), target] = 1.0
    return np.asarray(-2.0 * side * np.maximum(0.0, 1.0 - side * scores), dtype=np.float32)


CROSS_ENTROPY = Loss(_unsure, 0.5)
"""Logistic regression: every text has a say, however clear it is."""
SQUARED_HINGE = Loss(_short, 2.0)
"""A support vector machine for each class against the rest: only texts that fall short of the margin have a say."""


def solve(
    rows: Any,
    target: NDArray[np.int64],
    share: NDArray[np.float64],
    classes: int,
    strength: float,
    *,
    rounds: int = 120,
    start: tuple[Matrix, Matrix] | None = None,
    loss: Loss = CROSS_ENTROPY,
) -> tuple[Matrix, Matrix]:
    """Return weights (features x classes) and bias. `rows` is a dense float32 matrix or a scipy csr matrix; `start` are weights to begin with."""
    share32 = share.astype(np.float32)
    decay = np.float32(1.0 / strength)
    step = np.float32(1.0 / (loss.bend * _largest_eigenvalue(rows, share32) + 1.0 / strength))
    here: Matrix = _packed(start, rows.shape[1], classes)
    ahead: Matrix = here
    pace = 1.0
    turned = rows.T.tocsr() if hasattr(rows, "tocsr") else rows.T
    fewest = FEWEST_ROUNDS if start is not None else 0
    for number in range(rounds):
        wrong = loss.slope(np.asarray(rows @ ahead[:-1]) + BIAS_SCALE * ahead[-1], target)
        wrong *= share32[:, None]
        slope = np.vstack([np.asarray(turned @ wrong), BIAS_SCALE * wrong.sum(axis=0, keepdims=True)])
        slope[:-1] += decay * ahead[:-1]
        there = np.asarray(ahead - step * slope, dtype=np.float32)
        moved = there - here
        if float((slope * moved).sum()) > 0:
            pace = 1.0
        quicker = (1 + math.sqrt(1 + 4 * pace * pace)) / 2
        ahead = np.asarray(there + np.float32((pace - 1) / quicker) * moved, dtype=np.float32)
        here, pace = there, quicker
        if number >= fewest and float(np.abs(moved).max()) < SETTLED * max(1.0, float(np.abs(here).max())):
            break
    return here[:-1], here[-1] * np.float32(BIAS_SCALE)


def _packed(start: tuple[Matrix, Matrix] | None, features: int, classes: int) -> Matrix:
    if start is None:
        return np.zeros((features + 1, classes), dtype=np.float32)
    weights, bias = start
    return np.asarray(np.vstack([weights, bias[None, :] / BIAS_SCALE]), dtype=np.float32)


def _largest_eigenvalue(rows: Any, share: NDArray[np.float32]) -> float:
    guess = np.ones(rows.shape[1] + 1, dtype=np.float32)
    size = 1.0
    for _ in range(30):
        seen = share * (np.asarray(rows @ guess[:-1]).ravel() + BIAS_SCALE * guess[-1])
        guess = np.append(np.asarray(rows.T @ seen).ravel(), BIAS_SCALE * seen.sum()).astype(np.float32)
        size = float(np.linalg.norm(guess))
        guess = guess / np.float32(max(size, 1e-12))
    return size * 1.05
