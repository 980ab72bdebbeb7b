"""How well labels are given: agreement, precision and recall by class, expected against observed precision."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.feedback.domain.heads import Head
from services.feedback.domain.ports import Matrix

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One code: `precision` of what was called so, `recall` of what is so; None where nothing was."""

    code: str
    precision: float | None
    recall: float | None
    called: int
    are: int


@dataclass(frozen=True, slots=True)
class Quality:
    """`kappa` is Cohen's: agreement beyond chance; None when chance alone explains everything."""

    n: int
    accuracy: float | None
    kappa: float | None
    classes: tuple[ClassFigures, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        classes = [{"code": one.code, "precision": one.precision, "recall": one.recall, "called": one.called, "are": one.are} for one in self.classes]
        return {"n": self.n, "accuracy": self.accuracy, "kappa": self.kappa, "classes": classes}


def agreement(pairs: Iterable[tuple[str, str]]) -> Quality:
    """Compare (called, is) pairs. Cohen 1960: kappa = (p_o - p_e) / (1 - p_e)."""
    counted = Counter(pairs)
    n = sum(counted.values())
    called, are = Counter[str](), Counter[str]()
    for (first, second), count in counted.items():
        called[first] += count
        are[second] += count
    right = {code: counted[code, code] for code in sorted({*called, *are})}
    classes = tuple(ClassFigures(code, _share(hits, called[code]), _share(hits, are[code]), called[code], are[code]) for code, hits in right.items())
    if n == 0:
        return Quality(0, None, None, classes)
    observed = sum(right.values()) / n
    by_chance = sum(called[code] * are[code] for code in right) / (n * n)
    kappa = None if by_chance >= 1 else round((observed - by_chance) / (1 - by_chance), 4)
    return Quality(n, round(observed, 4), kappa, classes)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def likeliest(head: Head, vectors: Matrix, texts: Sequence[str]) -> list[str]:
    """Return the likeliest code of each text, however sure the head is."""
    chances, _ = head.probabilities(vectors, texts)
    return [head.classes[place] for place in chances.argmax(axis=1)]


def wilson(hits: int, n: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share (Wilson 1927); None without observations."""
    if n == 0:
        return None
    share, square = hits / n, Z95 * Z95
    middle = share + square / (2 * n)
    half = Z95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return round(max(0.0, (middle - half) / (1 + square / n)), 6), round(min(1.0, (middle + half) / (1 + square / n)), 6)


def drift(before: Counter[str], now: Counter[str]) -> float | None:
    """Return the population stability index of two distributions of codes (0 none, above 0.25 large); None when either is empty."""
    codes = {*before, *now}
    first, second = sum(before.values()), sum(now.values())
    if not first or not second:
        return None
    index = 0.0
    for code in codes:
        old, new = (before[code] + 0.5) / (first + 0.5 * len(codes)), (now[code] + 0.5) / (second + 0.5 * len(codes))
        index += (new - old) * math.log(new / old)
    return round(index, 4)
