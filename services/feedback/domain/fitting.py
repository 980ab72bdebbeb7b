"""Learn a head from labelled vectors, and measure on held-out folds how far it may be trusted.

Deterministic: folds follow the order of the texts, the solver starts at zero.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.heads import NONE_OF_THESE, Head, log_sum_exp, prepare, softmax
from services.feedback.domain.ports import Matrix

FOLDS = 4
TARGET_PRECISION = 0.9
FEWEST_FOR_FOLDS = 20
"""With fewer texts held-out figures are noise; then the careful defaults below hold."""
CAREFUL_THRESHOLD = 0.6
"""Nothing is automatic below it, whatever the folds say: they know nothing of topics that nobody described yet."""
CAREFUL_TEMPERATURE = 0.25
"""For heads of a few descriptions, whose logits stay small; chosen on the development part of banking77 (CC BY 4.0)."""
ROUNDS = 250
SETTLED = 1e-3
"""The solver stops when no weight moves by more in one step; finer steps change no reading."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Labelled vectors of one axis. Weight 1 for a text; a person's correction may weigh more."""

    vectors: Matrix
    labels: Sequence[str]
    weights: NDArray[np.float64] | None = None
    groups: NDArray[np.int64] | None = None
    """Texts of one group are held out together (translations of one sentence must not vouch for each other); None: each stands alone."""


@dataclass(frozen=True, slots=True)
class _Trust:
    temperature: float
    threshold: float
    energy_floor: float
    accuracy: float | None


def fit(axis: str, version: int, embedder: str, lesson: Lesson, *, strength: float) -> Head:
    """Return the head learned from `lesson`. `strength` is the inverse of the regularisation (4 for few texts, 20 for many classes).

    Raises ValueError when there are not two classes to tell apart.
    """
    classes = tuple(sorted(set(lesson.labels)))
    if len(classes) < 2:  # noqa: PLR2004 - telling apart needs two
        message = f"{axis}: two classes are needed, got {classes}"
        raise ValueError(message)
    target = np.array([classes.index(label) for label in lesson.labels])
    share = _balanced(target, classes) if lesson.weights is None else lesson.weights
    mean = np.asarray(lesson.vectors.mean(axis=0), dtype=np.float32)
    ready = prepare(lesson.vectors, mean)
    fold = _folds(target) if lesson.groups is None else lesson.groups % FOLDS
    trust = _trust(ready, target, share, fold, classes, strength)
    weights, bias = solve(ready, target, share, len(classes), strength)
    return Head(
        axis=axis,
        version=version,
        embedder=embedder,
        classes=classes,
        weights=weights,
        bias=bias,
        mean=mean,
        temperature=trust.temperature,
        threshold=trust.threshold,
        energy_floor=trust.energy_floor,
        trained_on=len(target),
        accuracy=trust.accuracy,
    )


TONE_STRENGTH = 1.0
CLEARER_THAN_LIFE = 2.0
"""Written sentences are clearer than what customers write, so the confidence that held-out sentences suggest is halved in logits."""


def fit_tone(version: int, embedder: str, lesson: Lesson) -> Head:
    """Return the tone head. A tone is read from every text, so it has no floor."""
    head = fit("sentiment", version, embedder, lesson, strength=TONE_STRENGTH)
    return replace(head, temperature=head.temperature * CLEARER_THAN_LIFE, energy_floor=float("-inf"))


def _balanced(target: NDArray[np.int64], classes: tuple[str, ...]) -> NDArray[np.float64]:
    """Weigh the texts about nothing as much as one usual class together, however many they are, so that they do not drown a new code."""
    counts = np.bincount(target, minlength=len(classes))
    share = np.ones(len(target))
    for place, code in enumerate(classes):
        if code == NONE_OF_THESE:
            usual = float(np.median(np.delete(counts, place)))
            share[target == place] = min(1.0, usual / counts[place])
    return share


def solve(
    ready: Matrix,
    target: NDArray[np.int64],
    share: NDArray[np.float64],
    classes: int,
    strength: float,
) -> tuple[Matrix, Matrix]:
    """Minimise the weighted cross-entropy plus ‖W‖²/2·strength by accelerated gradient steps (Nesterov, restarted when it overshoots)."""
    rows = np.hstack([ready, np.ones((len(ready), 1), dtype=np.float32)])
    share = share.astype(np.float32)
    wanted = np.zeros((len(target), classes), dtype=np.float32)
    wanted[np.arange(len(target)), target] = 1.0
    decay = np.full((rows.shape[1], 1), 1.0 / strength, dtype=np.float32)
    decay[-1] = 1e-6
    step = np.float32(1.0 / (0.5 * _largest_eigenvalue(rows, share) + 1.0 / strength))
    here = np.zeros((rows.shape[1], classes), dtype=np.float32)
    ahead, pace = here, 1.0
    for _ in range(ROUNDS):
        slope = rows.T @ (share[:, None] * (softmax(rows @ ahead) - wanted)) + decay * ahead
        there = ahead - step * slope
        moved = there - here
        if float((slope * moved).sum()) > 0:
            pace = 1.0
        quicker = (1 + math.sqrt(1 + 4 * pace * pace)) / 2
        ahead = there + (pace - 1) / quicker * moved
        here, pace = there, quicker
        if float(np.abs(moved).max()) < SETTLED:
            break
    return here[:-1], here[-1]


def _largest_eigenvalue(rows: NDArray[np.float64], share: NDArray[np.float64]) -> float:
    guess = np.ones(rows.shape[1])
    size = 1.0
    for _ in range(30):
        guess = rows.T @ (share * (rows @ guess))
        size = float(np.linalg.norm(guess))
        guess = guess / max(size, 1e-12)
    return size * 1.05


def _trust(
    ready: Matrix,
    target: NDArray[np.int64],
    share: NDArray[np.float64],
    fold: NDArray[np.int64],
    classes: tuple[str, ...],
    strength: float,
) -> _Trust:
    """Hold out every fifth text of each class in turn and look how the rest would have read it."""
    if len(target) < FEWEST_FOR_FOLDS or int(np.bincount(target).min()) < 2:  # noqa: PLR2004 - a class must remain when one is held out
        return _Trust(CAREFUL_TEMPERATURE, CAREFUL_THRESHOLD, -np.inf, None)
    logits = np.zeros((len(target), len(classes)))
    for number in range(FOLDS):
        kept, out = fold != number, fold == number
        weights, bias = solve(ready[kept], target[kept], share[kept], len(classes), strength)
        logits[out] = ready[out] @ weights + bias
    temperature = _temperature(logits, target)
    chances = softmax(logits / temperature)
    right = chances.argmax(axis=1) == target
    inside = np.array([classes[place] != NONE_OF_THESE for place in target])
    named = np.array([classes[place] != NONE_OF_THESE for place in chances.argmax(axis=1)])
    return _Trust(
        temperature=temperature,
        threshold=max(CAREFUL_THRESHOLD, _threshold(chances.max(axis=1)[named], right[named])),
        energy_floor=float(np.quantile(log_sum_exp(logits)[inside], 0.02)),
        accuracy=round(float(right.mean()), 4),
    )


def _folds(target: NDArray[np.int64]) -> NDArray[np.int64]:
    fold = np.zeros(len(target), dtype=np.int64)
    for label in np.unique(target):
        places = np.flatnonzero(target == label)
        fold[places] = np.arange(len(places)) % FOLDS
    return fold


def _temperature(logits: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """Return the divisor in 0.05 … 4 with the smallest held-out log loss."""
    grid = np.geomspace(0.05, 4.0, 60)
    losses = [-np.log(softmax(logits / heat)[np.arange(len(target)), target] + 1e-12).mean() for heat in grid]
    return float(grid[int(np.argmin(losses))])


def _threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the smallest confidence from which the target precision holds; 1.01 (nothing is automatic) when it never does."""
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= TARGET_PRECISION)
    enough = enough[enough >= min(9, len(order) - 1)]
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.01
