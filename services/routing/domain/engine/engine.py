"""The engine: takes what happened, with its moment, and answers with the pairs that the rule makes of it.

Between two calls no idle agent could serve a contact that waits (promised ones apart): so only what changed has to be looked at. What becomes
possible by waiting alone has a timer, and only while somebody is idle for it.
"""

from collections.abc import Iterable
from typing import Any

from services.routing.domain.engine.benches import Benches
from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.parts import NEVER, ClassSpec, DeskAgent, Pick, Profile, QueuePromise, Rule, WaitingContact
from services.routing.domain.engine.picking import SHOWN, Picking
from services.routing.domain.engine.pricing import PRICE_EVERY_S, Pricing
from services.routing.domain.engine.rows import Pairs
from services.routing.domain.engine.rules import INDEX
from services.routing.domain.engine.special import Special
from services.routing.domain.engine.timers import Timers


class Engine:
    """One single-threaded brain for agents who could ever serve the same contacts."""

    def __init__(self, queues: Iterable[QueuePromise] = (), rule: Rule = INDEX, shown: int = SHOWN) -> None:
        """`shown`: how many of those that were not chosen each choice names; 0 where nobody asks, as in a played day."""
        self.rule = rule
        self.agents: dict[Any, DeskAgent] = {}
        self.contacts: dict[Any, WaitingContact] = {}
        self.pairs = Pairs(rule)
        self.lines = Lines(rule)
        self.benches = Benches(self.pairs)
        self.special = Special(self.agents)
        self.picking = Picking(rule, self.pairs, self.lines, self.benches, self.special, shown)
        self.pricing = Pricing(self.pairs, self.lines, self.benches)
        self._timers = Timers()
        self._armed: dict[int, float] = {}
        for queue in queues:
            self.put_queue(queue)

    # What is there

    def put_queue(self, queue: QueuePromise) -> None:
        """Take over a queue's promise and expectations."""
        self.lines.learn_queue(queue)

    def class_of(self, spec: ClassSpec) -> int:
        """Return the number of a class; the first contact of it opens its line."""
        known = self.lines.find(spec.key)
        if known is None:
            self.pairs.add_class(spec)
            known = self.lines.add(spec)
        return known

    def put_agent(self, agent_id: Any, profile: Profile, *, on_shift: bool, since: float, held: dict[Any, str] | None = None) -> DeskAgent:
        """Make the agent so: profile, shift, what is held, idle since. Does not look for contacts: call `serve_agent`."""
        self.drop_agent(agent_id)
        agent = self.agents[agent_id] = DeskAgent(agent_id, self.benches.profile(profile))
        agent.held = dict(held or {})
        agent.idle_since = since
        agent.on_shift = on_shift
        self.benches.enlist(agent, int(on_shift))
        self.benches.seat(agent)
        return agent

    def drop_agent(self, agent_id: Any) -> None:
        """Forget an agent; what is held stays the affair of whoever tells us."""
        agent = self.agents.pop(agent_id, None)
        if agent is not None:
            self.benches.rise(agent)
            self.benches.enlist(agent, -int(agent.on_shift))
            agent.on_shift = False

    def shift(self, agent: DeskAgent, now: float, *, on: bool) -> None:
        """The agent starts or stops taking contacts."""
        if agent.on_shift != on:
            agent.on_shift = on
            self.benches.enlist(agent, 1 if on else -1)
            agent.idle_since = now
            self.benches.seat(agent)

    def put_contact(self, contact_id: Any, cls: int, since: float) -> WaitingContact:
        """Have a contact wait from `since` on. Does not look for an agent: call `serve_contact`, after marking what is special of it."""
        contact = self.contacts[contact_id] = WaitingContact(contact_id, cls, since)
        self.lines.arrivals[cls] += 1.0
        return contact

    def wait(self, contact: WaitingContact) -> None:
        """Put the contact in its line."""
        if not contact.is_special:
            self.lines.join(contact)
            return
        self.special.waiting[contact.id] = contact
        if contact.sticky is not None:
            self.special.join(contact)
        else:
            self.lines.join(contact)

    def take_out(self, contact: WaitingContact) -> None:
        """Take a contact from where it waits."""
        if not contact.live:
            return
        if self.special.waiting:
            self.special.waiting.pop(contact.id, None)
        if contact.sticky is None:
            self.lines.leave(contact)
        else:
            self.special.leave(contact)

    def drop_contact(self, contact_id: Any) -> None:
        """Forget a contact that is over."""
        contact = self.contacts.pop(contact_id, None)
        if contact is not None and contact.live:
            self.take_out(contact)

    # What the rule makes of it

    def serve_contact(self, contact: WaitingContact, now: float) -> Pick | None:
        """Give a contact that came, or came back, to the best idle agent, or have it wait."""
        soon, special = NEVER, contact.is_special
        if self.benches.idle_groups:
            pick, soon = self.picking.agent_for(contact, now)
            if pick is not None:
                self._join(pick)
                return pick
        if not contact.live:
            if special:
                self.wait(contact)
            else:
                self.lines.join(contact)
        if special:
            spec, waited = self.lines.specs[contact.cls], now - contact.since
            change = self.special.next_change(contact, now, self.lines.promises[contact.cls].cool_down_s)
            soon = min([soon, change - now, *(stage.after_s - waited for stage in spec.stages if stage.after_s > waited)])
        if soon == NEVER:
            return None
        if special or contact.since != now:
            self._timers.put(now + soon, contact)
        else:
            self._timers.put_after(soon, now, contact)
        return None

    def serve_agent(self, agent: DeskAgent, now: float) -> list[Pick]:
        """Give an idle agent the best contacts that wait, while there is room."""
        picks = []
        while agent.idle:
            pick, soon = self.picking.contact_for(agent, now)
            if pick is None:
                self._arm(agent.group, now + soon)
                break
            self._join(pick)
            picks.append(pick)
        return picks

    def serve_freed(self, agent: DeskAgent, contact_id: Any, now: float) -> list[Pick]:
        """The agent has a place back: as `release` and `serve_agent`, but who finds somebody at once is never put on a bench."""
        if agent.held.pop(contact_id, None) is None:
            return self.serve_agent(agent, now)
        benches, agent.idle_since = self.benches, now
        if agent.idle:
            benches.rise(agent)
        picks: list[Pick] = []
        while benches.has_room(agent):
            pick, soon = self.picking.contact_for(agent, now)
            if pick is None:
                benches.sit_down(agent)
                self._arm(agent.group, now + soon)
                break
            self._give(pick)
            picks.append(pick)
            if benches.single[agent.profile]:
                break
        return picks

    def join(self, picks: Iterable[Pick]) -> None:
        """Make pairs that were planned elsewhere: see `batch`."""
        for pick in picks:
            self._join(pick)

    def _arm(self, group: int, at: float) -> None:
        if at < self._armed.get(group, NEVER):
            self._armed[group] = at
            self._timers.put(at, group)

    def _join(self, pick: Pick) -> None:
        self._give(pick)
        self.benches.seat(pick.agent)

    def _give(self, pick: Pick) -> None:
        contact, agent = pick.contact, pick.agent
        if contact.live:
            self.take_out(contact)
        contact.agent = agent
        agent.held[contact.id] = self.lines.specs[contact.cls].channel
        agent.idle_since = pick.at

    def release(self, agent: DeskAgent, contact_id: Any, now: float) -> None:
        """The agent has a place back and is idle from now. Does not look for contacts: call `serve_agent`."""
        if agent.held.pop(contact_id, None) is not None:
            agent.idle_since = now
            self.benches.seat(agent)

    def let_pass(self, contact: WaitingContact, now: float) -> None:
        """The agent who was asked did not take it: the contact keeps its age and goes to somebody else first."""
        agent = contact.agent
        if agent is None:
            return
        contact.agent = None
        contact.passed = {**(contact.passed or {}), agent.id: now}
        self.release(agent, contact.id, now)

    def next_at(self) -> float:
        """Return when `tick` has something to do; infinite when nothing waits for a moment."""
        return self._timers.next_at()

    def tick(self, now: float) -> list[Pick]:
        """Look at everything that became possible by waiting until now."""
        picks: list[Pick] = []
        if now >= self.pricing.priced_at + PRICE_EVERY_S:
            self.pricing.price(now)
        while self._timers.next_at() <= now:
            at, what = self._timers.pop()
            if isinstance(what, WaitingContact):
                if what.live and self.contacts.get(what.id) is what:
                    pick = self.serve_contact(what, now)
                    picks += [pick] if pick else []
                continue
            if self._armed.get(what) == at:
                del self._armed[what]
            picks += self._look_from(what, now)
        return picks

    def _look_from(self, group: int, now: float) -> list[Pick]:
        """Serve the idle agents of a group until one finds nothing: the others would not either."""
        picks: list[Pick] = []
        while self.benches.idle_head[group] < NEVER:
            agent = self.benches.longest_idle(group)
            made = self.serve_agent(agent, now)
            picks += made
            if not made or agent.idle:
                break
        return picks
