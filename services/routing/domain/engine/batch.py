"""A backlog and many free agents at once: the pairs with the largest sum of I, as a flow of least cost.

Alike agents are one node with as many units as are idle; contacts of one class between two relax steps are one node, which hands its units on
by age. Value of group g for age bucket b of class c: base[g,c] · (START + RISE · W); the part of the age is shared by the groups of a node by
their mean base, so that arcs are pairs of groups and classes and not of agents and contacts. A contact beyond its limit comes before all others.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import DeskAgent, Pick, WaitingContact, Weighed
from services.routing.domain.engine.rows import GroupRow
from services.routing.domain.engine.tables import Floats, Ints

SCALE = 200_000
"""Whole numbers that the dearest pair is worth in the flow."""
BUCKETS = 6
"""Age buckets of one node."""


@dataclass(slots=True)
class _Ring:
    """Contacts of one class between two relax steps, oldest first, and beyond the limit or not."""

    cls: int
    after: float
    starving: bool
    contacts: list[WaitingContact]
    worth: Floats = field(default_factory=lambda: np.empty(0))
    """START + RISE · W of each."""


class Batch:
    """One plan for everybody who is idle now and everybody who waits in a line now."""

    def __init__(self, engine: Engine, now: float) -> None:
        self.engine, self.now = engine, now
        self._idle = self._idle_by_group()
        self._rows = {group: self._row(group) for group in self._idle}
        self._rings = self._rings_of_lines()
        self._waiting = sum(len(ring.contacts) for ring in self._rings)

    def _idle_by_group(self) -> dict[int, list[DeskAgent]]:
        idle: dict[int, list[DeskAgent]] = defaultdict(list)
        for agent in self.engine.agents.values():
            if agent.idle:
                idle[agent.group].append(agent)
        for agents in idle.values():
            agents.sort(key=lambda each: (each.idle_since, each.id))
        return dict(sorted(idle.items()))

    def _row(self, group: int) -> GroupRow:
        return self.engine.picking.complete(group)

    def _rings_of_lines(self) -> list[_Ring]:
        rings = []
        for cls, spec in enumerate(self.engine.lines.specs):
            contacts = [each for each in self.engine.lines.everybody(cls) if not each.is_special]
            if contacts:
                rings += self._rings_of_line(cls, sorted({stage.after_s for stage in spec.stages}), contacts)
        return rings

    def _rings_of_line(self, cls: int, moments: list[float], contacts: list[WaitingContact]) -> list[_Ring]:
        """Cut a line, oldest first, where a relax step or the limit lies between two contacts."""
        lines, rings = self.engine.lines, []
        waits = self.now - np.array([each.since for each in contacts])
        place, starving = np.searchsorted(moments, waits, side="right"), waits > lines.limit[cls]
        cuts = np.flatnonzero((place[1:] != place[:-1]) | (starving[1:] != starving[:-1])) + 1
        number = lines.queue_of[cls]
        rise = lines.rises[number]
        for first, last in pairwise([0, *cuts.tolist(), len(contacts)]):
            if place[first]:
                worth = rise * waits[first:last] + (lines.debts[number] + rise * lines.credit[cls])
                rings.append(_Ring(cls, moments[place[first] - 1], bool(starving[first]), contacts[first:last], worth))
        return rings

    def plan(self) -> list[Pick]:
        """Return the pairs; every agent at most once. The caller joins them."""
        if not self._idle or not self._rings:
            return []
        group, ring, base = self._arcs()
        if not len(group):
            return []
        taken = self._flow(group, ring, base)
        return self._paired(group, ring, base, taken)

    def _arcs(self) -> tuple[Ints, Ints, Floats]:
        """Return group, ring and base of every pair that may meet now."""
        rings_of: dict[int, list[int]] = defaultdict(list)
        for number, ring in enumerate(self._rings):
            rings_of[ring.cls].append(number)
        most = max(len(found) for found in rings_of.values())
        table = np.full((len(self.engine.lines.specs), most), -1, dtype=np.intp)
        for cls, found in rings_of.items():
            table[cls, : len(found)] = found
        after = np.array([ring.after for ring in self._rings])
        parts: list[tuple[Ints, Ints, Floats]] = []
        for number, row in enumerate(self._rows.values()):
            for column in range(most):
                ring = table[row.cls, column]
                here = np.flatnonzero(ring >= 0)
                here = here[after[ring[here]] >= row.after[here]]
                parts.append((np.full(len(here), number, dtype=np.intp), ring[here], row.base[here]))
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts])

    def _flow(self, group: Ints, ring: Ints, base: Floats) -> Ints:
        """Return how many units each arc carries."""
        supply = np.array([len(agents) for agents in self._idle.values()], dtype=np.int64)
        groups, rings = len(supply), len(self._rings)
        sink = groups + rings
        mean = np.bincount(ring, weights=base, minlength=rings) / np.maximum(np.bincount(ring, minlength=rings), 1)
        middle = np.array([float(each.worth[: int(supply.sum())].mean()) for each in self._rings])
        value, bonus = base * middle[ring], np.array([each.starving for each in self._rings])
        top = max(float(value.max()), float((mean * np.array([each.worth[0] for each in self._rings])).max()))
        unit = SCALE / top
        cost = np.rint(-(value * unit)).astype(np.int64) - np.where(bonus[ring], 4 * SCALE, 0)
        tails, sizes, ages = [], [], []
        for number, each in enumerate(self._rings):
            for first, last in _buckets(len(each.contacts)):
                tails.append(groups + number)
                sizes.append(last - first)
                ages.append(round(-float((each.worth[first:last].mean() - middle[number]) * mean[number]) * unit))
        from ortools.graph.python import min_cost_flow  # 17 MiB that only a batch needs

        solver = min_cost_flow.SimpleMinCostFlow()
        size = np.minimum(supply[group], np.array([len(each.contacts) for each in self._rings], dtype=np.int64)[ring])
        pairs = solver.add_arcs_with_capacity_and_unit_cost(group, ring + groups, size, cost)
        solver.add_arcs_with_capacity_and_unit_cost(np.array(tails), np.full(len(tails), sink), np.array(sizes), np.array(ages))
        solver.add_arcs_with_capacity_and_unit_cost(np.arange(groups), np.full(groups, sink), supply, np.full(groups, 2 * SCALE))
        solver.set_nodes_supplies(np.arange(groups), supply)
        solver.set_node_supply(sink, -int(supply.sum()))
        if solver.solve() != solver.OPTIMAL:
            raise ArithmeticError("the flow of a backlog has no solution")
        flows: Ints = solver.flows(pairs)
        return flows

    def _paired(self, group: Ints, ring: Ints, base: Floats, taken: Ints) -> list[Pick]:
        """Turn units into agents and contacts: the oldest of a node go to the groups that are best at them."""
        used = np.flatnonzero(taken)
        order = used[np.lexsort((group[used], -base[used], ring[used]))]
        numbers = list(self._idle)
        free = {group: iter(agents) for group, agents in self._idle.items()}
        lines: dict[int, Any] = {}
        picks = []
        for arc in order.tolist():
            number = int(ring[arc])
            contacts = lines.setdefault(number, iter(self._rings[number].contacts))
            key = numbers[int(group[arc])]
            worth, ringed = float(base[arc]), self._rings[number]
            picks += [self._pick(next(free[key]), next(contacts), worth, key, ringed) for _ in range(int(taken[arc]))]
        return picks

    def _pick(self, agent: DeskAgent, contact: WaitingContact, base: float, group: int, ring: _Ring) -> Pick:
        waited = self.now - contact.since
        after, _, _ = self.engine.pairs.pair(group, contact.cls)
        weighed = Weighed(contact.id, contact.cls, group, self.engine.lines.index(contact.cls, waited, base), after, 0.0, waited)
        return Pick(contact, agent, self.now, True, ring.starving, [weighed], self._waiting)


def _buckets(many: int) -> list[tuple[int, int]]:
    """Cut a line into at most BUCKETS parts of nearly one length."""
    edges = sorted({round(many * part / BUCKETS) for part in range(BUCKETS + 1)})
    return list(pairwise(edges))
