"""Contacts to which not all agents of a group are alike: let pass by somebody, kept from somebody, or promised to somebody for a while."""

from typing import Any

from services.routing.domain.engine.parts import NEVER, DeskAgent, WaitingContact


class Special:
    """The few waiting contacts that are weighed one by one. `agents` are all agents of the engine."""

    def __init__(self, agents: dict[Any, DeskAgent]) -> None:
        self.waiting: dict[Any, WaitingContact] = {}
        self.agents = agents

    def is_promised(self, contact: WaitingContact, now: float) -> bool:
        """Tell whether the contact still waits for one agent alone; a promise ends when that agent is not on shift."""
        if contact.sticky is None or now >= contact.sticky_until:
            return False
        agent = self.agents.get(contact.sticky)
        return agent is not None and agent.on_shift

    def may(self, contact: WaitingContact, agent: DeskAgent, now: float, cool_down_s: float, *, unasked: bool) -> bool:
        """Tell whether this agent may be asked. Who let it pass is asked again when nobody is `unasked` and the cool-down is over."""
        if agent.id in contact.banned or (self.is_promised(contact, now) and agent.id != contact.sticky):
            return False
        if contact.passed is None or agent.id not in contact.passed:
            return True
        return not unasked and now >= contact.passed[agent.id] + cool_down_s

    def next_change(self, contact: WaitingContact, now: float, cool_down_s: float) -> float:
        """Return when the answer of `may` changes by itself next; infinite when it does not."""
        moments = [at + cool_down_s for at in (contact.passed or {}).values()]
        if contact.sticky is not None:
            moments.append(contact.sticky_until)
        return min((at for at in moments if at > now), default=NEVER)
