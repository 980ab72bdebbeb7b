"""Design weights: who was asked rarely speaks for more people (Horvitz-Thompson weight 1/probability, Hájek mean, Kish)."""

from collections.abc import Sequence


def design_weight(probability: float) -> float:
    """Return 1/probability; raises ValueError unless 0 < probability <= 1."""
    if not 0 < probability <= 1:
        message = f"an inclusion probability lies above 0 and at most at 1, not at {probability}"
        raise ValueError(message)
    return 1 / probability


def hajek(values: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted mean; the weights need not add up to the population."""
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def effective_n(sum_of_weights: float, sum_of_squares: float) -> float:
    """Return Kish's effective number of answers from Σw and Σw²; 0 when there are none."""
    return sum_of_weights**2 / sum_of_squares if sum_of_squares else 0.0
