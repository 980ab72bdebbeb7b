"""Slices that name nobody: cells with too few voices are hidden, and one more where the hidden one could be worked out from the total."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Cell:
    """Voices that share a value."""

    value: str
    voices: int = 0
    negative: int = 0
    scored: int = 0
    score_sum: float = 0.0

    def add(self, *, negative: bool, score: float | None) -> None:
        """Count one voice."""
        self.voices += 1
        self.negative += negative
        if score is not None:
            self.scored += 1
            self.score_sum += score


def shown(cells: Sequence[Cell], least: int) -> list[tuple[Cell, bool]]:
    """Return the cells, largest first, each with whether it may be shown.

    Whoever knows the total could subtract: so the hidden ones together hold at least `least` voices, and are never one alone.
    """
    ordered = sorted(cells, key=lambda one: (-one.voices, one.value))
    hidden = sum(one.voices < least for one in ordered)
    while 0 < hidden < len(ordered) and (hidden == 1 or sum(one.voices for one in ordered[-hidden:]) < least):
        hidden += 1
    return [(one, place < len(ordered) - hidden) for place, one in enumerate(ordered)]
