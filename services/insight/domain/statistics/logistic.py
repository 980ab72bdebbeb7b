"""Odds: binary and proportional-odds (ordinal) logistic regression, by Newton's method.

Sources: McCullagh (1980) for proportional odds. P(Y ≤ j) = expit(a_j - xβ); exp(β) is the odds ratio of a better answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.insight.domain.statistics.distributions import logistic

Vector = npt.NDArray[np.float64]
STEPS = 100
FLAT = 1e-10
LARGEST_STEP = 5.0


@dataclass(frozen=True, slots=True)
class Odds:
    """Coefficients with their standard errors; thresholds are a_j of the ordinal model, or the single intercept."""

    coefficients: Vector
    errors: Vector
    thresholds: Vector


class NotEstimable(ValueError):
    """The data separate perfectly or hold one answer only: no finite odds exist."""


def logit(predictors: Vector, outcome: Vector) -> Odds:
    """Fit P(outcome) = expit(a + xβ); raises NotEstimable."""
    x = np.column_stack([np.ones(len(outcome)), predictors])
    beta: Vector = np.zeros(x.shape[1])
    for _ in range(STEPS):
        share = logistic(x @ beta)
        hessian = (x * (share * (1 - share))[:, None]).T @ x
        step = _solve(hessian, x.T @ (outcome - share))
        beta = np.asarray(beta + step, dtype=np.float64)
        if float(np.abs(step).max()) < FLAT:
            errors = np.sqrt(np.diag(np.linalg.inv(hessian)))
            return Odds(beta[1:], errors[1:], beta[:1])
    raise NotEstimable("no finite odds: the answers separate perfectly")


def _solve(hessian: Vector, gradient: Vector) -> Vector:
    try:
        step: Vector = np.asarray(np.linalg.solve(hessian, gradient), dtype=np.float64)
    except np.linalg.LinAlgError as singular:
        raise NotEstimable("no finite odds: a predictor is constant or redundant") from singular
    longest = float(np.abs(step).max())
    if not np.isfinite(longest):
        raise NotEstimable("no finite odds: the answers separate perfectly")
    return step if longest <= LARGEST_STEP else step * (LARGEST_STEP / longest)


def ordinal(predictors: Vector, levels: npt.NDArray[np.int64]) -> Odds:
    """Fit proportional odds over the levels that occur (their order counts, not their distance); raises NotEstimable."""
    kinds, codes = np.unique(levels, return_inverse=True)
    cuts = len(kinds) - 1
    if cuts < 1:
        raise NotEstimable("no odds from one answer only")
    below = np.cumsum(np.bincount(codes, minlength=cuts + 1))[:-1] / len(codes)
    theta = np.concatenate([np.log(below / (1 - below)), np.zeros(predictors.shape[1])])
    best = _likelihood(theta, predictors, codes, cuts)
    for _ in range(STEPS):
        gradient, information = _derivatives(theta, predictors, codes, cuts)
        step = _solve(information, gradient)
        theta, best = _uphill(theta, step, best, (predictors, codes, cuts))
        if float(np.abs(step).max()) < FLAT:
            errors = np.sqrt(np.diag(np.linalg.inv(information)))
            return Odds(theta[cuts:], errors[cuts:], theta[:cuts])
    raise NotEstimable("no finite odds: the answers separate perfectly")


def _uphill(theta: Vector, step: Vector, best: float, data: tuple[Vector, npt.NDArray[np.int64], int]) -> tuple[Vector, float]:
    for _ in range(30):
        tried = theta + step
        value = _likelihood(tried, *data)
        if value >= best - FLAT:
            return tried, value
        step = step / 2
    return theta, best


def _edges(theta: Vector, x: Vector, codes: npt.NDArray[np.int64], cuts: int) -> tuple[Vector, Vector]:
    """Return P(Y ≤ own level) and P(Y < own level) of each answer."""
    alphas = np.concatenate([[-np.inf], theta[:cuts], [np.inf]])
    linear = x @ theta[cuts:]
    upper: Vector = logistic(alphas[codes + 1] - linear)
    lower: Vector = logistic(alphas[codes] - linear)
    return upper, lower


def _likelihood(theta: Vector, x: Vector, codes: npt.NDArray[np.int64], cuts: int) -> float:
    upper, lower = _edges(theta, x, codes, cuts)
    share = upper - lower
    return float(np.log(share).sum()) if (share > 0).all() else -np.inf


def _derivatives(theta: Vector, x: Vector, codes: npt.NDArray[np.int64], cuts: int) -> tuple[Vector, Vector]:
    """Return the gradient, and the observed information (the negative Hessian)."""
    upper, lower = _edges(theta, x, codes, cuts)
    share = upper - lower
    slope_up, slope_low = upper * (1 - upper), lower * (1 - lower)
    bend_up, bend_low = slope_up * (1 - 2 * upper), slope_low * (1 - 2 * lower)
    rows = np.arange(len(codes))
    to_up, to_low = np.zeros((len(codes), cuts)), np.zeros((len(codes), cuts))
    has_up, has_low = codes < cuts, codes > 0
    to_up[rows[has_up], codes[has_up]] = 1
    to_low[rows[has_low], codes[has_low] - 1] = 1
    up, low = np.column_stack([to_up, -x]), np.column_stack([to_low, -x])
    score = (up * slope_up[:, None] - low * slope_low[:, None]) / share[:, None]
    curvature = (up * (bend_up / share)[:, None]).T @ up - (low * (bend_low / share)[:, None]).T @ low
    return score.sum(axis=0), score.T @ score - curvature
