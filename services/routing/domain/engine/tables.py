"""The numbers that the rule reads, as columns: one row per class of contacts, one per group of agents, grown as they appear."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.routing.domain.engine.parts import CHANNEL_PREFIX, NEVER, ClassSpec
from services.routing.domain.engine.rules import pace_prior, resolution_prior

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
LEVELS = 6
NEUTRAL_LEVEL = 3
"""Assumed where a contact wants no skill but a language: then nobody fits better than anybody else."""
LANGUAGE_PREFIX = "lang:"
UNJUDGED = (LANGUAGE_PREFIX, "policy:", "prefer:")
"""Skills of these names say who may serve, not how well."""
RESOLUTION = np.array([resolution_prior(level) for level in range(LEVELS)])
PACE = np.array([pace_prior(level) for level in range(LEVELS)])


class Columns:
    """Arrays of one length that grow by doubling."""

    def __init__(self) -> None:
        self.size = 0
        self._room = 0
        self._arrays: dict[str, tuple[NDArray[np.generic], float]] = {}

    def add(self, name: str, width: tuple[int, ...], dtype: type, fill: float) -> None:
        """Add a column whose cells have the shape `width` and begin as `fill`."""
        self._arrays[name] = (np.full((max(self._room, 1), *width), fill, dtype=dtype), fill)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_arrays"][name][0]
        except KeyError:
            raise AttributeError(name) from None

    def grow(self) -> int:
        """Make one more row; return its number."""
        if self.size >= self._room:
            self._room = max(16, 2 * self._room)
            for name, (array, fill) in self._arrays.items():
                bigger = np.full((self._room, *array.shape[1:]), fill, dtype=array.dtype)
                bigger[: array.shape[0]] = array
                self._arrays[name] = (bigger, fill)
        self.size += 1
        return self.size - 1

    def widen(self, name: str, width: tuple[int, ...]) -> None:
        """Give the cells of a column a larger shape; what is there stays in the corner."""
        array, fill = self._arrays[name]
        bigger = np.full((array.shape[0], *width), fill, dtype=array.dtype)
        bigger[tuple(slice(0, length) for length in array.shape)] = array
        self._arrays[name] = (bigger, fill)


class Skills:
    """The number of each skill; 0 belongs to none and has level 0 everywhere."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers) + 1

    def number(self, skill: str) -> int:
        """Return the column of a skill; a new one gets the next."""
        return self._numbers.setdefault(skill, len(self._numbers) + 1)


class Needs:
    """What every class wants, padded: `skill[c, q]`, `level[c, stage, q]`, `after[c, stage]`; `fit[c, q]` weighs what fit is judged by."""

    def __init__(self, skills: Skills) -> None:
        self._skills = skills
        self.columns = Columns()
        self.width, self.stages = 4, 2
        self.columns.add("skill", (self.width,), np.intp, 0)
        self.columns.add("level", (self.stages, self.width), np.int8, 0)
        self.columns.add("after", (self.stages,), np.float64, NEVER)
        self.columns.add("fit", (self.width,), np.float64, 0.0)
        self.columns.add("neutral", (), np.float64, 0.0)
        self.columns.add("topic", (), np.intp, 0)

    def append(self, spec: ClassSpec, topic: int) -> None:
        """Write down one more class."""
        wanted = {skill for stage in spec.stages for skill, _ in stage.needs} | {CHANNEL_PREFIX + spec.channel}
        names = sorted(wanted)
        self._make_room(len(names), len(spec.stages))
        row, columns = self.columns.grow(), self.columns
        columns.skill[row, : len(names)] = [self._skills.number(name) for name in names]
        for number, stage in enumerate(spec.stages):
            levels = dict(stage.needs) | {CHANNEL_PREFIX + spec.channel: 1}
            columns.after[row, number] = stage.after_s
            columns.level[row, number, : len(names)] = [levels.get(name, 0) for name in names]
        judged = [name for name, level in spec.stages[0].needs if level > 0 and not name.startswith(UNJUDGED)]
        for name in judged:
            columns.fit[row, names.index(name)] = 1.0 / len(judged)
        columns.neutral[row] = 0.0 if judged else 1.0
        columns.topic[row] = topic

    def _make_room(self, width: int, stages: int) -> None:
        if width > self.width or stages > self.stages:
            self.width, self.stages = max(width, self.width), max(stages, self.stages)
            self.columns.widen("skill", (self.width,))
            self.columns.widen("fit", (self.width,))
            self.columns.widen("level", (self.stages, self.width))
            self.columns.widen("after", (self.stages,))


def thresholds(have: NDArray[np.int8], level: NDArray[np.int8], after: Floats) -> Floats:
    """Return from which second on each pair may meet: `have[n, q]` against `level[(n,) stage, q]` and `after[(n,) stage]`."""
    stages = level.shape[-2]
    answer = np.full(have.shape[0], NEVER)
    for stage in range(stages - 1, -1, -1):
        meets = have[:, 0] >= level[..., stage, 0]
        for place in range(1, have.shape[1]):  # three times as fast as all(axis=1) over a handful of skills
            meets &= have[:, place] >= level[..., stage, place]
        answer = np.where(meets, after[..., stage], answer)
    return answer


def expected(have: NDArray[np.int8], fit: Floats, neutral: Floats | float, table: Floats) -> Floats:
    """Return the prior (resolution or pace) by the levels that each pair has, averaged over the skills that fit is judged by."""
    answer: Floats = (table[have] * fit).sum(axis=1) + neutral * table[NEUTRAL_LEVEL]
    return answer
