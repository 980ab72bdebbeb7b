"""The choice itself: the best contact for a freed agent, the best idle agent for a contact. Ties go to the longer wait, then to the lower id."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from services.routing.domain.engine.benches import Benches
from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.parts import NEVER, DeskAgent, Pick, Rule, WaitingContact, Weighed
from services.routing.domain.engine.rows import GroupRow, Pairs
from services.routing.domain.engine.special import Special
from services.routing.domain.engine.tables import HEAD, LIMIT, RISE, START, Floats

SHOWN = 3
NOTHING = -math.inf
Order = Callable[[int], tuple[float, Any]]


class Picking:
    """Reads lines, benches and pairs; changes nothing."""

    def __init__(self, rule: Rule, pairs: Pairs, lines: Lines, benches: Benches, special: Special) -> None:
        self.rule = rule
        self.pairs = pairs
        self.lines = lines
        self.benches = benches
        self.special = special
        self._idle_most = math.inf if rule.fifo else 1.0

    def contact_for(self, agent: DeskAgent, now: float) -> tuple[Pick | None, float]:
        """Return the best contact for an idle agent; without one, the seconds until somebody who waits in a line may be served."""
        row = self._complete(agent.group)
        live = self.lines.live.take(row.cls, axis=1)
        waited = now - live[HEAD]
        index = (live[RISE] * waited + live[START]) * row.base
        early = waited < row.after
        index[early] = NOTHING
        starving = waited > live[LIMIT]
        starving[early] = False
        hungry = bool(starving.any())
        considered = int(index.size - np.count_nonzero(index == NOTHING))
        ranked = _ranked(np.where(starving, waited, NOTHING) if hungry else index.copy(), lambda place: self._age(row, place))
        found = [self._weighed(agent, row, waited, index, place) for place in ranked]
        if self.special.waiting:
            found, hungry, considered = self._with_special(agent, now, found, considered, hungry=hungry)
        if not found:
            return None, float((row.after - waited).min(initial=NEVER))
        contact = self.special.waiting.get(found[0].who) or self.lines.head(found[0].cls)
        return Pick(contact, agent, now, True, hungry, found[0], found[1:], considered), NEVER

    def _complete(self, group: int) -> GroupRow:
        row = self.pairs.of_group(group)
        if row.epoch != self.lines.epoch:
            lines, cls = self.lines, row.cls
            row.base = np.ones(len(cls)) if self.rule.fifo else lines.weight[cls] * row.resolution / (row.pace * lines.handle[cls] + lines.wrap[cls])
            row.epoch = lines.epoch
        return row

    def _age(self, row: GroupRow, place: int) -> tuple[float, Any]:
        head = self.lines.head(int(row.cls[place]))
        return head.since, head.id

    def _weighed(self, agent: DeskAgent, row: GroupRow, waited: Floats, index: Floats, place: int) -> Weighed:
        cls = int(row.cls[place])
        return Weighed(self.lines.head(cls).id, cls, agent.group, float(index[place]), float(row.after[place]), 0.0, float(waited[place]))

    def _with_special(self, agent: DeskAgent, now: float, found: list[Weighed], considered: int, *, hungry: bool) -> tuple[list[Weighed], bool, int]:
        """Put the special contacts that this agent may serve among the best of the lines."""
        own = []
        may, group = self.pairs.may, agent.group
        for contact in self.special.waiting.values():
            if may(group, contact.cls, now - contact.since) and self.is_allowed(contact, agent, now):
                after, resolution, pace = self.pairs.pair(group, contact.cls)
                base = 1.0
                if not self.rule.fifo:
                    base = self.lines.weight[contact.cls] * resolution / (pace * self.lines.handle[contact.cls] + self.lines.wrap[contact.cls])
                waited = now - contact.since
                index = (self.lines.live[RISE, contact.cls] * waited + self.lines.live[START, contact.cls]) * base
                own.append(Weighed(contact.id, contact.cls, agent.group, float(index), after, 0.0, waited))
        if not own:
            return found, hungry, considered
        limits = self.lines.live[LIMIT]
        hungry = hungry or any(each.waited_s > limits[each.cls] for each in own)

        def order(each: Weighed) -> tuple[float, float, Any]:
            starving = each.waited_s > limits[each.cls]
            return -(each.waited_s if starving else NOTHING) if hungry else -each.index, -each.waited_s, each.who

        if hungry:
            own = [each for each in own if each.waited_s > limits[each.cls]]
            found = [each for each in found if each.waited_s > limits[each.cls]]
        return sorted([*found, *own], key=order)[: SHOWN + 1], hungry, considered + len(own)

    def is_allowed(self, contact: WaitingContact, agent: DeskAgent, now: float) -> bool:
        """Tell whether a special contact may be offered to this agent, skills apart."""
        queue = self.lines.queues[self.lines.specs[contact.cls].queue]
        passed = contact.passed is not None and agent.id in contact.passed
        unasked = passed and self.somebody_unasked(contact, now)
        return self.special.may(contact, agent, now, queue.cool_down_s, unasked=unasked)

    def somebody_unasked(self, contact: WaitingContact, now: float) -> bool:
        """Tell whether an agent on shift, busy or not, may serve this contact and did not let it pass."""
        waited, row, counted = now - contact.since, self.pairs.of_class(contact.cls), self.benches.on_shift
        able = row.group[: int(np.searchsorted(row.after, waited, side="right"))]
        skilled = int(counted[able].sum())
        for agent_id in {*(contact.passed or ()), *contact.banned}:
            agent = self.special.agents.get(agent_id)
            if agent is not None and agent.on_shift:
                skilled -= self.pairs.may(self.benches.full_group(agent.profile), contact.cls, waited)
        return skilled > 0

    def agent_for(self, contact: WaitingContact, now: float) -> tuple[Pick | None, float]:
        """Return the best idle agent for a contact; without one, the seconds until an agent who is idle now may serve it."""
        benches = self.benches
        if benches.idle_count == 0:
            return None, NEVER
        row, waited = self.pairs.of_class(contact.cls), now - contact.since
        for after, start, end in row.rings:
            groups = row.group[start:end]
            since = benches.idle_head[groups]
            if after > waited:
                if (since < NEVER).any():
                    return None, after - waited
                continue
            if contact.is_special:
                found = self._one_by_one(contact, groups.tolist(), after, now)
            else:
                found = self._by_group(contact, row.fit[start:end], groups, since, after, now)
            if found is not None:
                return found, NEVER
        return None, NEVER

    def _by_group(self, contact: WaitingContact, fit: Floats, groups: Any, since: Floats, after: float, now: float) -> Pick | None:
        rule, benches = self.rule, self.benches
        worth = fit - rule.scarcity * benches.opportunity[groups] + rule.idle * np.minimum(self._idle_most, (now - since) / rule.idle_full_s)
        considered = int(np.count_nonzero(since < NEVER))
        if considered == 0:
            return None

        def order(place: int) -> tuple[float, Any]:
            agent = benches.longest_idle(int(groups[place]))
            return agent.idle_since, agent.id

        found = []
        for place in _ranked(worth.copy(), order):
            group = int(groups[place])
            agent = benches.longest_idle(group)
            found.append(Weighed(agent.id, contact.cls, group, float(worth[place]), after, now - agent.idle_since, now - contact.since))
        return Pick(contact, benches.longest_idle(found[0].group), now, False, False, found[0], found[1:], considered)

    def _one_by_one(self, contact: WaitingContact, groups: list[int], after: float, now: float) -> Pick | None:
        rule, benches, found = self.rule, self.benches, []
        for group in groups:
            agent = next((each for each in benches.idle_in(group) if self.is_allowed(contact, each, now)), None)
            if agent is not None:
                idle_s = now - agent.idle_since
                idle = rule.idle * min(self._idle_most, idle_s / rule.idle_full_s)
                worth = self.pairs.worth(group, contact.cls) - rule.scarcity * float(benches.opportunity[group]) + idle
                found.append((Weighed(agent.id, contact.cls, group, worth, after, idle_s, now - contact.since), agent))
        if not found:
            return None
        found.sort(key=lambda each: (-each[0].index, -each[0].idle_s, each[0].who))
        others = [weighed for weighed, _ in found[1 : SHOWN + 1]]
        return Pick(contact, found[0][1], now, False, False, found[0][0], others, len(found))


def _ranked(values: Floats, order: Order) -> list[int]:
    """Return the places of the best four values, best first, equal ones by `order`; -inf is no candidate. Destroys `values`."""
    found: list[tuple[float, int]] = []
    tied = False
    while len(found) <= SHOWN and values.size:
        place = int(values.argmax())
        value = float(values[place])
        if value == NOTHING:
            break
        tied = tied or (bool(found) and found[-1][0] == value)
        found.append((value, place))
        values[place] = NOTHING
    if tied:
        for value in {each[0] for each in found}:
            found += [(value, int(place)) for place in np.flatnonzero(values == value)]
        found.sort(key=lambda each: (-each[0], order(each[1])))
    return [place for _, place in found[: SHOWN + 1]]
