"""Who may serve whom, with what success: one row of pairs per group and one per class, built when first asked for and extended when more appear."""

import numpy as np
from numpy.typing import NDArray

from services.routing.domain.engine.parts import CHANNEL_PREFIX, NEVER, ClassSpec, Profile, Rule
from services.routing.domain.engine.rules import PREFERRED
from services.routing.domain.engine.tables import PACE, RESOLUTION, Columns, Floats, Ints, Needs, Skills, expected, thresholds

BEST_SKILL_STEP = 1e6
"""A level more outweighs eleven days of idling."""


Ring = tuple[float, int, int, int]
"""(after, start, end, groups): a part of a class's row, and its groups as the bits of one number."""


class GroupRow:
    """The classes that one group may ever serve, ascending; `base` is that part of I which does not change with waiting.

    Who has waited longer than `hungry_at` may be served, and is beyond the limit of its queue; nobody is who waited no longer than `never_hungry_to`.
    """

    __slots__ = ("after", "base", "cls", "credit", "epoch", "hungry_at", "never_hungry_to", "pace", "queue", "resolution", "upto")

    def __init__(self) -> None:
        self.upto = 0
        self.epoch = -1
        self.cls: Ints = np.empty(0, dtype=np.intp)
        self.after: Floats = np.empty(0)
        self.resolution: Floats = np.empty(0)
        self.pace: Floats = np.empty(0)
        self.base: Floats = np.empty(0)
        self.credit: Floats = np.empty(0)
        self.hungry_at: Floats = np.empty(0)
        self.never_hungry_to = NEVER
        self.queue: Ints = np.empty(0, dtype=np.intp)


class ClassRow:
    """The groups that may ever serve one class, those that may at once first; `rings` cut them where `after` changes."""

    __slots__ = ("after", "fit", "group", "groups", "pace", "resolution", "rings", "upto")

    def __init__(self) -> None:
        self.upto = 0
        self.group: Ints = np.empty(0, dtype=np.intp)
        self.after: Floats = np.empty(0)
        self.fit: Floats = np.empty(0)
        self.resolution: Floats = np.empty(0)
        self.pace: Floats = np.empty(0)
        self.rings: list[Ring] = []
        self.groups = 0
        """All of them as bits."""


class Pairs:
    """The threshold matrix and the fit, sparse, in both directions."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.skills = Skills()
        self.needs = Needs(self.skills)
        self.groups = Columns()
        self._width, self._topics = 16, 4
        self.groups.add("level", (self._width,), np.int8, 0)
        self.groups.add("resolution", (self._topics,), np.float64, np.nan)
        self.groups.add("pace", (self._topics,), np.float64, np.nan)
        self._topic_numbers: dict[str, int] = {"": 0}
        self._specs: list[ClassSpec] = []
        self.by_group: list[GroupRow] = []
        """As far as they were asked for: see `of_group`."""
        self._by_class: list[ClassRow] = []
        self._found: dict[tuple[int, int], tuple[float, float, float]] = {}
        self._closed: dict[int, frozenset[str]] = {}
        """Groups that take nothing more from some queues."""

    def add_class(self, spec: ClassSpec) -> None:
        """Take one more class in."""
        self.needs.append(spec, self._topic(spec.topic))
        for skill, _ in spec.prefer:
            self.skills.number(skill)
        self._make_room()
        self._specs.append(spec)
        self._by_class.append(ClassRow())

    def add_group(self, profile: Profile, channels: tuple[str, ...]) -> int:
        """Take one more group in; return its number."""
        has = [*profile.skills, *((CHANNEL_PREFIX + channel, 1) for channel in channels)]
        numbers = [self.skills.number(skill) for skill, _ in has]
        topics = [self._topic(topic) for topic, _, _ in profile.estimates] if self.rule.uses_estimates else []
        self._make_room()
        row = self.groups.grow()
        self.groups.level[row, numbers] = [level for _, level in has]
        if topics:
            self.groups.resolution[row, topics] = [each[1] for each in profile.estimates]
            self.groups.pace[row, topics] = [each[2] for each in profile.estimates]
        if profile.closed:
            self._closed[row] = frozenset(profile.closed)
        self.by_group.append(GroupRow())
        return row

    def _topic(self, topic: str) -> int:
        number = self._topic_numbers.setdefault(topic, len(self._topic_numbers))
        if number >= self._topics:
            self._topics *= 2
            self.groups.widen("resolution", (self._topics,))
            self.groups.widen("pace", (self._topics,))
        return number

    def _make_room(self) -> None:
        if len(self.skills) > self._width:
            self._width = max(2 * self._width, len(self.skills))
            self.groups.widen("level", (self._width,))

    def of_group(self, group: int) -> GroupRow:
        """Return the group's row, complete."""
        row = self.by_group[group]
        if row.upto < self.needs.columns.size:
            self._extend_group(group, row)
        return row

    def _extend_group(self, group: int, row: GroupRow) -> None:
        first, last, needs = row.upto, self.needs.columns.size, self.needs.columns
        have = self.groups.level[group][needs.skill[first:last]]
        after = thresholds(have, needs.level[first:last], needs.after[first:last])
        if group in self._closed:
            after[[spec.queue in self._closed[group] for spec in self._specs[first:last]]] = NEVER
        kept = np.flatnonzero(after < NEVER)
        have, topics = have[kept], needs.topic[first:last][kept]
        fit, neutral = needs.fit[first:last][kept], needs.neutral[first:last][kept]
        row.cls = np.concatenate((row.cls, kept + first))
        row.after = np.concatenate((row.after, after[kept]))
        resolution = _known(self.groups.resolution[group][topics], expected(have, fit, neutral, RESOLUTION))
        row.resolution = np.concatenate((row.resolution, resolution))
        row.pace = np.concatenate((row.pace, _known(self.groups.pace[group][topics], expected(have, fit, neutral, PACE))))
        row.upto, row.epoch = last, -1

    def of_class(self, cls: int) -> ClassRow:
        """Return the class's row, complete."""
        row = self._by_class[cls]
        if row.upto < self.groups.size:
            self._extend_class(cls, row)
        return row

    def _extend_class(self, cls: int, row: ClassRow) -> None:
        first, last, needs = row.upto, self.groups.size, self.needs.columns
        have = self.groups.level[first:last][:, needs.skill[cls]]
        after = thresholds(have, needs.level[cls], needs.after[cls])
        after[[each - first for each, queues in self._closed.items() if each >= first and self._specs[cls].queue in queues]] = NEVER
        kept = np.flatnonzero(after < NEVER)
        have, topic = have[kept], needs.topic[cls]
        fit, neutral = needs.fit[cls], float(needs.neutral[cls])
        resolution = _known(self.groups.resolution[first:last][kept, topic], expected(have, fit, neutral, RESOLUTION))
        pace = _known(self.groups.pace[first:last][kept, topic], expected(have, fit, neutral, PACE))
        worth = self._worth(cls, kept + first, resolution / pace, have)
        group, after = np.concatenate((row.group, kept + first)), np.concatenate((row.after, after[kept]))
        order = np.lexsort((group, after))
        row.group, row.after = group[order], after[order]
        row.fit = np.concatenate((row.fit, worth))[order]
        row.resolution, row.pace = np.concatenate((row.resolution, resolution))[order], np.concatenate((row.pace, pace))[order]
        row.upto, row.rings, row.groups = last, _rings(row.after, row.group), _bits(row.group)

    def _worth(self, cls: int, groups: Ints, fit: Floats, have: NDArray[np.int8]) -> Floats:
        """Return the part of J that only depends on the pair."""
        if self.rule.fifo:
            weights = self.needs.columns.fit[cls]
            levels: Floats = (have * weights).sum(axis=1) * BEST_SKILL_STEP
            return levels if self.rule.best_skill else np.zeros(len(groups))
        liked = self._specs[cls].prefer
        if not liked:
            return fit
        held = self.groups.level[groups]
        meets: Floats = np.logical_and.reduce([held[:, self.skills.number(skill)] >= level for skill, level in liked])
        return fit + PREFERRED * meets

    def may(self, group: int, cls: int, waited_s: float) -> bool:
        """Tell whether a group may serve a class after so much waiting."""
        return any(after <= waited_s and groups >> group & 1 for after, _, _, groups in self.of_class(cls).rings)

    def pair(self, group: int, cls: int) -> tuple[float, float, float]:
        """Return (after, resolution, pace) of one pair; `after` is infinite when they never meet."""
        known = self._found.get((group, cls))
        if known is None:
            needs = self.needs.columns
            have = self.groups.level[group][needs.skill[cls]][None, :]
            after = float(thresholds(have, needs.level[cls], needs.after[cls])[0])
            if self._specs[cls].queue in self._closed.get(group, ()):
                after = NEVER
            topic, neutral = needs.topic[cls], float(needs.neutral[cls])
            resolution = _known(self.groups.resolution[group, topic : topic + 1], expected(have, needs.fit[cls], neutral, RESOLUTION))
            pace = _known(self.groups.pace[group, topic : topic + 1], expected(have, needs.fit[cls], neutral, PACE))
            known = self._found[group, cls] = (after, float(resolution[0]), float(pace[0]))
        return known

    def worth(self, group: int, cls: int) -> float:
        """Return the part of J that only depends on this pair."""
        _, resolution, pace = self.pair(group, cls)
        have = self.groups.level[group][self.needs.columns.skill[cls]][None, :]
        return float(self._worth(cls, np.array([group]), np.array([resolution / pace]), have)[0])


def _known(learned: Floats, prior: Floats) -> Floats:
    return np.where(np.isnan(learned), prior, learned)


def _rings(after: Floats, group: Ints) -> list[Ring]:
    if not len(after):
        return []
    starts = np.flatnonzero(np.concatenate(([True], after[1:] != after[:-1])))
    ends = [*starts[1:].tolist(), len(after)]
    return [(float(after[start]), start, end, _bits(group[start:end])) for start, end in zip(starts.tolist(), ends, strict=True)]


def _bits(groups: Ints) -> int:
    """Return groups as the bits of one number."""
    if not len(groups):
        return 0
    there = np.zeros(int(groups.max()) + 1, dtype=np.uint8)
    there[groups] = 1
    return int.from_bytes(np.packbits(there, bitorder="little").tobytes(), "little")
