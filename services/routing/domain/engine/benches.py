"""The idle agents, one bench per group, longest idle first."""

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from services.routing.domain.engine.parts import NEVER, Capacity, DeskAgent, Profile
from services.routing.domain.engine.rows import Pairs
from services.routing.domain.engine.tables import Floats, Ints


class Benches:
    """Groups of agents by profile and open channels; `idle_head[g]` is since when the longest idle of a group is idle."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        self.profiles: list[Profile] = []
        self.channels: list[tuple[str, ...]] = []
        """Per profile the channels with a place."""
        self.single: list[bool] = []
        """Per profile whether one contact is all that such an agent ever holds."""
        self.idle_head: Floats = np.full(16, NEVER)
        self.opportunity: Floats = np.zeros(16)
        self.idle_groups = 0
        """As the bits of one number: the groups with somebody on their bench."""
        self.on_shift: Ints = np.zeros(16, dtype=np.intp)
        """Agents on shift per group, each counted in the group of those who hold nothing."""
        self.full_of_group: list[int] = []
        """Per group the group of the same agents while they hold nothing."""
        self._full: list[int] = []
        self._seated = count()
        self._numbers: dict[Profile, int] = {}
        self._groups: dict[tuple[int, int], int] = {}
        self._heaps: list[list[tuple[float, Any, int, DeskAgent]]] = []
        self._seats: list[dict[tuple[str, ...], int]] = []
        """Per profile, by the channels of what is held, sorted: the group; -1 without room in any channel."""

    def profile(self, profile: Profile) -> int:
        """Return the number of a profile; a new one gets the next."""
        number = self._numbers.get(profile)
        if number is None:
            number = self._numbers[profile] = len(self.profiles)
            self.profiles.append(profile)
            self.channels.append(tuple(channel for channel, most in profile.capacity.most if most > 0))
            self.single.append(sum(most for _, most in profile.capacity.most) <= 1)
            self._seats.append({})
            self._full.append(self._group(number, (1 << len(self.channels[number])) - 1))
        return number

    def full_group(self, profile: int) -> int:
        """Return the group of agents of this profile who hold nothing."""
        return self._full[profile]

    def enlist(self, agent: DeskAgent, by: int) -> None:
        """The agent came on shift (1) or went (-1)."""
        self.on_shift[self._full[agent.profile]] += by

    def _group(self, profile: int, mask: int) -> int:
        number = self._groups.get((profile, mask))
        if number is None:
            channels = tuple(channel for bit, channel in enumerate(self.channels[profile]) if mask >> bit & 1)
            number = self._groups[profile, mask] = self.pairs.add_group(self.profiles[profile], channels)
            whole = mask == (1 << len(self.channels[profile])) - 1
            self.full_of_group.append(number if whole else self._full[profile])
            self._heaps.append([])
            if number >= len(self.idle_head):
                self.idle_head = np.concatenate((self.idle_head, np.full(len(self.idle_head), NEVER)))
                self.opportunity = np.concatenate((self.opportunity, np.zeros(len(self.opportunity))))
                self.on_shift = np.concatenate((self.on_shift, np.zeros(len(self.on_shift), dtype=np.intp)))
            if not whole:
                self.opportunity[number] = self.opportunity[self.full_group(profile)]
        return number

    def open_channels(self, agent: DeskAgent) -> int:
        """Return as bits which channels the agent has room for."""
        return self._open_beside(agent.profile, tuple(sorted(agent.held.values())))

    def _open_beside(self, profile: int, held: tuple[str, ...]) -> int:
        capacity, names = self.profiles[profile].capacity, self.channels[profile]
        return sum(1 << bit for bit, channel in enumerate(names) if has_room(capacity, held, channel))

    def _new_seat(self, profile: int, held: tuple[str, ...]) -> int:
        mask = self._open_beside(profile, held)
        group = self._seats[profile][held] = self._group(profile, mask) if mask else -1
        return group

    def seat(self, agent: DeskAgent) -> None:
        """Put the agent where shift and work allow: on the bench of a group, or on none."""
        if agent.idle:
            self.rise(agent)
        if self.has_room(agent):
            self.sit_down(agent)

    def has_room(self, agent: DeskAgent) -> bool:
        """Tell whether the agent may take one more contact of any channel; if so, `group` is what the agent belongs to now."""
        if not agent.on_shift:
            return False
        held = tuple(agent.held.values()) if agent.held else ()
        if len(held) > 1:
            held = tuple(sorted(held))
        group = self._seats[agent.profile].get(held)
        if group is None:
            group = self._new_seat(agent.profile, held)
        if group < 0:
            return False
        agent.group = group
        return True

    def sit_down(self, agent: DeskAgent) -> None:
        """Put the agent, who has room, on the bench of the group."""
        agent.idle = True
        agent.stamp = next(self._seated)
        heap = self._heaps[agent.group]
        if not heap:
            self.idle_groups |= 1 << agent.group
        heapq.heappush(heap, (agent.idle_since, agent.id, agent.stamp, agent))
        if heap[0][3] is agent and heap[0][2] == agent.stamp:
            self.idle_head[agent.group] = agent.idle_since

    def rise(self, agent: DeskAgent) -> None:
        """Take the agent from the bench."""
        if not agent.idle:
            return
        agent.idle = False
        heap = self._heaps[agent.group]
        while heap:
            since, _, stamp, first = heap[0]
            if first.idle and stamp == first.stamp:
                self.idle_head[agent.group] = since
                return
            heapq.heappop(heap)
        self.idle_head[agent.group] = NEVER
        self.idle_groups ^= 1 << agent.group

    def longest_idle(self, group: int) -> DeskAgent:
        """Return who has been idle longest in a group that is not empty."""
        return self._heaps[group][0][3]

    def idle_in(self, group: int) -> Iterator[DeskAgent]:
        """Yield the idle agents of a group, longest idle first."""
        for _, _, stamp, agent in sorted(self._heaps[group], key=lambda each: each[:3]):
            if agent.idle and agent.stamp == stamp:
                yield agent


def has_room(capacity: Capacity, held: tuple[str, ...], channel: str) -> bool:
    """Tell whether one more contact of a channel may come to somebody who holds these."""
    cost = dict(capacity.cost)
    load = sum(cost.get(each, 1.0) for each in held)
    if held.count(channel) >= dict(capacity.most).get(channel, 0) or load + cost.get(channel, 1.0) > capacity.limit:
        return False
    allowed = dict(capacity.interrupted_by)
    return all(channel in allowed[each] for each in set(held) if each in allowed and each != channel)
