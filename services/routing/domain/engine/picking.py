"""The choice itself: the best contact for a freed agent, the best idle agent for a contact. Ties go to the longer wait, then to the lower id."""

import heapq
import math
from typing import Any

import numpy as np

from services.routing.domain.engine.benches import Benches
from services.routing.domain.engine.heads import NOTHING, index_of, undisputed
from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.parts import NEVER, DeskAgent, Pick, Rule, WaitingContact, Weighed
from services.routing.domain.engine.rows import GroupRow, Pairs
from services.routing.domain.engine.special import Special
from services.routing.domain.engine.tables import Floats

SHOWN = 3
Candidate = tuple[float, float, Any, int, WaitingContact]
"""(-worth, since, id, place in the row, contact): the smallest is the best, equal ones by age, then id."""


class Picking:
    """Reads lines, benches and pairs; changes nothing."""

    def __init__(self, rule: Rule, pairs: Pairs, lines: Lines, benches: Benches, special: Special, shown: int = SHOWN) -> None:
        self.rule = rule
        self.pairs = pairs
        self.lines = lines
        self.benches = benches
        self.special = special
        self.shown = shown
        """How many of those that were not chosen are kept with a choice."""
        self._idle_most = math.inf if rule.fifo else 1.0

    def contact_for(self, agent: DeskAgent, now: float) -> tuple[Pick | None, float]:
        """Return the best contact for an idle agent; without one, the seconds until somebody who waits in a line may be served."""
        row, lines = self.pairs.by_group[agent.group], self.lines
        if row.epoch != lines.epoch:
            row = self.complete(agent.group)
        if not self.shown and not self.special.promised:
            contact, hungry = undisputed(lines, row, now, agent)
            if contact is not None:
                return Pick(contact, agent, now, True, hungry, [], 1), NEVER
        waited = now - lines.heads[row.cls]
        starving = waited > row.hungry_at
        considered = starving.tobytes().count(1)
        found = self._best(agent, row, np.where(starving, waited, NOTHING), now, hungry=True) if considered else []
        hungry = bool(found)
        if not hungry:
            early = waited < row.after
            considered = row.cls.size - early.tobytes().count(1)
            if considered:
                worth = index_of(lines, row, waited)
                worth[early] = NOTHING
                found = self._best(agent, row, worth, now, hungry=False)
        if self.special.promised:
            own = self._promised_to(agent, row, now, found, hungry=hungry)
            if own:
                found, hungry, considered = _merged(found, own, self.shown, hungry=hungry), hungry or not own[0][0], considered + len(own)
        if not found:
            return None, self._soon(agent, row, waited, now)
        weighed = [self._weighed(agent, row, each, now) for each in found] if self.shown else []
        return Pick(found[0][4], agent, now, True, hungry, weighed, considered), NEVER

    def complete(self, group: int) -> GroupRow:
        """Return the group's row with the base of I as it is now. A new class is a new epoch, too."""
        row = self.pairs.by_group[group]
        if row.epoch != self.lines.epoch:
            row = self.pairs.of_group(group)
            lines, cls = self.lines, row.cls
            row.base = np.ones(len(cls)) if self.rule.fifo else lines.weight[cls] * row.resolution / (row.pace * lines.handle[cls] + lines.wrap[cls])
            row.credit, row.queue, limit = lines.credit[cls], lines.queue_of[cls], lines.limit[cls]
            row.hungry_at = np.where(row.after > limit, np.nextafter(row.after, NOTHING), limit)
            row.never_hungry_to = float(row.hungry_at.min(initial=NEVER))
            row.epoch = lines.epoch
        return row

    def _soon(self, agent: DeskAgent, row: GroupRow, waited: Floats, now: float) -> float:
        """Return the seconds until somebody in a line may be served; who steps aside at its head has a timer of its own."""
        left = row.after - waited
        soon = float(left.min(initial=NEVER))
        if soon > 0:
            return soon
        soon = float(left[left > 0].min(initial=NEVER))
        for place in np.flatnonzero(left <= 0).tolist():
            following = self._behind(agent, int(row.cls[place]), now)
            if following is not None:
                soon = min(soon, float(row.after[place]) - (now - following.since))
        return soon

    def _best(self, agent: DeskAgent, row: GroupRow, worth: Floats, now: float, *, hungry: bool) -> list[Candidate]:
        """Return the best of the lines and the next `shown`. Destroys `worth`; -inf is no candidate.

        The head of a line that may not go to this agent (who let it pass, or is kept from it) steps aside for the next in its line.
        """
        found: list[Candidate] = []
        behind: dict[int, WaitingContact] = {}
        lines, shown = self.lines.in_line, self.shown
        while True:
            place = int(worth.argmax())
            value = worth.item(place)
            if value == NOTHING or (len(found) > shown and -value > found[-1][0]):
                break
            worth[place] = NOTHING
            contact = (behind.pop(place, None) if behind else None) or lines[row.cls.item(place)][0]
            if not contact.is_new_to(agent.id) and not self.is_allowed(contact, agent, now):
                following = self._behind(agent, contact.cls, now)
                if following is not None:
                    behind[place] = following
                    worth[place] = self._worth(row, place, now - following.since, hungry=hungry)
                continue
            found.append((-value, contact.since, contact.id, place, contact))
        if len(found) > 1:
            found.sort(key=_in_order)
            del found[shown + 1 :]
        return found

    def _behind(self, agent: DeskAgent, cls: int, now: float) -> WaitingContact | None:
        """Return the oldest of a line that may go to this agent."""
        for contact in self.lines.by_age(cls):
            if contact.is_new_to(agent.id) or self.is_allowed(contact, agent, now):
                return contact
        return None

    def _worth(self, row: GroupRow, place: int, waited: float, *, hungry: bool) -> float:
        if waited < row.after[place] or (hungry and waited <= row.hungry_at[place]):
            return NOTHING
        return waited if hungry else self.lines.index(int(row.cls[place]), waited, row.base.item(place))

    def _weighed(self, agent: DeskAgent, row: GroupRow, candidate: Candidate, now: float) -> Weighed:
        _, since, contact_id, place, contact = candidate
        waited = now - since
        index = self.lines.index(contact.cls, waited, row.base.item(place))
        return Weighed(contact_id, contact.cls, agent.group, index, row.after.item(place), 0.0, waited)

    def _promised_to(self, agent: DeskAgent, row: GroupRow, now: float, found: list[Candidate], *, hungry: bool) -> list[tuple[bool, Candidate]]:
        """Return the best of those that were promised to one agent (maybe long ago), those beyond their limit (False) first.

        At least all that beat `found` are among them. The oldest of such a line is worth the most of it: lines are opened in that order, until
        what is left cannot be among the best.
        """
        waited = now - self.special.heads_to(len(self.lines.specs)).take(row.cls)
        worst = -found[-1][0] if len(found) > self.shown else None
        if worst is not None and hungry:
            likely = waited >= worst
        elif worst is not None:
            likely = (index_of(self.lines, row, waited) >= worst) | (waited > row.hungry_at)
        else:
            likely = waited >= row.after
        queue = [self._entry(row, place, 0, now) for place in np.flatnonzero(likely).tolist() if waited[place] >= row.after[place]]
        heapq.heapify(queue)
        best: list[tuple[bool, Candidate]] = []
        while queue:
            fed, value, since, contact_id, place, position = heapq.heappop(queue)
            if len(best) > self.shown and (fed, value) > (best[self.shown][0], best[self.shown][1][0]):
                break
            line = self.special.line(int(row.cls[place]))
            contact = line[position][2]
            if self.is_allowed(contact, agent, now):
                best.append((fed, (value, since, contact_id, place, contact)))
            if position + 1 < len(line) and now - line[position + 1][0] >= row.after[place]:
                heapq.heappush(queue, self._entry(row, place, position + 1, now))
        return best

    def _entry(self, row: GroupRow, place: int, position: int, now: float) -> tuple[bool, float, float, Any, int, int]:
        """Return one promised contact so that the smallest is the best: starving first, by age, then by index; ties by age and id."""
        cls = int(row.cls[place])
        since, contact_id, _ = self.special.line(cls)[position]
        waited = now - since
        if waited > row.hungry_at[place]:
            return False, -waited, since, contact_id, place, position
        return True, -self.lines.index(cls, waited, row.base.item(place)), since, contact_id, place, position

    def is_allowed(self, contact: WaitingContact, agent: DeskAgent, now: float) -> bool:
        """Tell whether a special contact may be offered to this agent, skills apart."""
        queue = self.lines.promises[contact.cls]
        passed = contact.passed is not None and agent.id in contact.passed
        unasked = passed and self.somebody_unasked(contact, now)
        return self.special.may(contact, agent, now, queue.cool_down_s, unasked=unasked)

    def somebody_unasked(self, contact: WaitingContact, now: float) -> bool:
        """Tell whether an agent on shift, busy or not, may serve this contact and did not let it pass."""
        waited, row, counted = now - contact.since, self.pairs.of_class(contact.cls), self.benches.on_shift
        aside = {*(contact.passed or ()), *contact.banned}
        skilled, enough = 0, len(aside)
        for after, start, end, _ in row.rings:
            if after > waited:
                break
            for group in row.group[start:end].tolist():
                skilled += int(counted[group])
                if skilled > enough:
                    return True
        for agent_id in aside:
            agent = self.special.agents.get(agent_id)
            if agent is not None and agent.on_shift:
                skilled -= self.pairs.may(self.benches.full_group(agent.profile), contact.cls, waited)
        return skilled > 0

    def agent_for(self, contact: WaitingContact, now: float) -> tuple[Pick | None, float]:
        """Return the best idle agent for a contact; without one, the seconds until an agent who is idle now may serve it."""
        benches, waited = self.benches, now - contact.since
        row = self.pairs.of_class(contact.cls)
        idle = benches.idle_groups & row.groups
        if not idle:
            return None, NEVER
        for after, start, end, ring in row.rings:
            if not idle & ring:
                continue
            if after > waited:
                return None, after - waited
            groups = row.group[start:end]
            since = benches.idle_head[groups]
            if contact.is_special:
                found = self._one_by_one(contact, groups[since < NEVER].tolist(), after, now)
            else:
                found = self._by_group(contact, row.fit[start:end], groups, since, after, now)
            if found is not None:
                return found, NEVER
        return None, NEVER

    def _by_group(self, contact: WaitingContact, fit: Floats, groups: Any, since: Floats, after: float, now: float) -> Pick:
        rule, benches = self.rule, self.benches
        considered = (since < NEVER).tobytes().count(1)
        worth = fit - rule.scarcity * benches.opportunity[groups] + rule.idle * np.minimum(self._idle_most, (now - since) / rule.idle_full_s)
        found: list[tuple[float, float, Any, int, DeskAgent]] = []
        while True:
            place = int(worth.argmax())
            value = float(worth[place])
            if value == NOTHING or (len(found) > self.shown and -value > found[-1][0]):
                break
            worth[place] = NOTHING
            agent = benches.longest_idle(int(groups[place]))
            found.append((-value, agent.idle_since, agent.id, place, agent))
        found.sort(key=_in_order)
        del found[self.shown + 1 :]
        chosen, weighed = found[0][4], []
        if self.shown:
            waited = now - contact.since
            weighed = [Weighed(each.id, contact.cls, each.group, -value, after, now - idle, waited) for value, idle, _, _, each in found]
        return Pick(contact, chosen, now, False, False, weighed, considered)

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
        weighed = [each for each, _ in found[: self.shown + 1]] if self.shown else []
        return Pick(contact, found[0][1], now, False, False, weighed, len(found))


def _in_order(found: tuple[float, float, Any, int, Any]) -> tuple[float, float, Any]:
    return found[:3]


def _merged(found: list[Candidate], own: list[tuple[bool, Candidate]], shown: int, *, hungry: bool) -> list[Candidate]:
    """Return the best of both; when anybody has waited beyond the limit, only who has."""
    both = sorted([(not hungry, each) for each in found] + own, key=_fed_last)
    return [each for fed, each in both[: shown + 1] if fed == both[0][0]]


def _fed_last(each: tuple[bool, Candidate]) -> tuple[bool, float, float, Any]:
    fed, (value, since, contact_id, _, _) = each
    return fed, value, since, contact_id
