"""The nouns of the engine: what a class of contacts wants, what a queue promises, who an agent is, and what was decided."""

import math
from dataclasses import dataclass, field
from typing import Any

NEVER = math.inf
UNKNOWN = math.nan
"""An estimate that there is none of. This very object: two tuples with it are equal."""
CHANNEL_PREFIX = "channel:"
"""An open channel is a skill of this name at level 1, so that who may serve is one question."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is wanted from the second `after_s` of waiting on: (skill, least level), sorted by skill."""

    after_s: float
    needs: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassSpec:
    """Contacts that are alike to the rule. `stages` begin at 0 and only ever loosen."""

    key: str
    channel: str
    queue: str
    stages: tuple[Stage, ...]
    topic: str = ""
    """What resolution and pace are looked up by; empty when nothing is learned about such contacts."""
    credit_s: float = 0.0
    weight: float = 1.0
    prefer: tuple[tuple[str, int], ...] = ()
    """Skills that are welcome but not wanted: an agent who has them all gets PREFERRED on top of J."""


@dataclass(slots=True)
class QueuePromise:
    """What a queue promises, and how it keeps it. Seconds; shares between 0 and 1."""

    key: str
    sla_s: float = 20.0
    sla_share: float = 0.8
    service_level: float = 0.8
    doubt: float = 0.0
    """What is taken off the service level because it is known from few contacts: a rare queue is judged by the lower bound."""
    left: float = 0.0
    """How many hung up while they waited, as far as it is remembered."""
    waited_s: float = 0.0
    """How long all of its contacts waited together, whether they were served in the end or left."""
    urgency: float = 1.0
    """How soon its customers leave against the house's: see `patience`."""
    handle_s: float = 180.0
    wrap_s: float = 0.0
    starvation_s: float = 300.0
    offer_s: float = 20.0
    cool_down_s: float = 60.0
    weight: float = 1.0
    allowance_s: float | None = None
    """By how much a contact may be expected to outlast its agent's shift; None: the end of a shift does not matter."""
    handle_by_topic: dict[str, float] = field(default_factory=dict)
    """Mean handle time of a topic where it differs from the queue's."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much an agent carries at once. `interrupted_by[channel]` names what may still come while such a contact is held; None: anything."""

    most: tuple[tuple[str, int], ...] = (("voice", 1),)
    cost: tuple[tuple[str, float], ...] = ()
    """Load of one contact of a channel; 1 where it is not named."""
    limit: float = math.inf
    interrupted_by: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """Agents with equal profiles are alike to the rule. `estimates` are (topic, resolution, pace) that were learned."""

    skills: tuple[tuple[str, int], ...]
    capacity: Capacity = Capacity()
    estimates: tuple[tuple[str, float, float], ...] = ()
    closed: tuple[str, ...] = ()
    """Queues from which nothing more is taken, since the shift ends too soon."""


class DeskAgent:
    """One agent at the desk. `held` maps contact id to channel."""

    __slots__ = ("group", "held", "id", "idle", "idle_since", "on_shift", "profile", "stamp")

    def __init__(self, agent_id: Any, profile: int) -> None:
        self.id = agent_id
        self.profile = profile
        self.group = -1
        self.held: dict[Any, str] = {}
        self.idle = False
        self.idle_since = 0.0
        self.on_shift = False
        self.stamp = 0


class WaitingContact:
    """One contact in the engine. `since` is the moment that its age counts from; `passed` maps agents who let it pass to when.

    `until` is the floor's: when its offer lapses or its wrap-up ends.
    """

    __slots__ = ("agent", "banned", "cls", "id", "live", "passed", "since", "sticky", "sticky_until", "until")

    def __init__(self, contact_id: Any, cls: int, since: float) -> None:
        self.id = contact_id
        self.cls = cls
        self.since = since
        self.live = False
        self.agent: DeskAgent | None = None
        self.passed: dict[Any, float] | None = None
        self.banned: frozenset[Any] = frozenset()
        self.sticky: Any = None
        self.sticky_until = 0.0
        self.until = NEVER

    @property
    def is_special(self) -> bool:
        """Tell whether agents of one group are not alike to this contact: it is then weighed alone."""
        return self.passed is not None or bool(self.banned) or self.sticky is not None

    def is_new_to(self, agent_id: Any) -> bool:
        """Tell whether this agent neither let it pass nor is kept from it: then it is like any other in its line."""
        return (self.passed is None or agent_id not in self.passed) and agent_id not in self.banned


@dataclass(slots=True)
class Weighed:
    """One candidate of a decision: the group and class it stands for, its index, and the waiting and idling that it was weighed with."""

    who: Any
    cls: int
    group: int
    index: float
    after_s: float
    idle_s: float
    waited_s: float


@dataclass(slots=True)
class Pick:
    """One pair that the rule chose."""

    contact: WaitingContact
    agent: DeskAgent
    at: float
    by_agent: bool
    """True: a freed agent chose among contacts (I). False: a contact chose among idle agents (J)."""
    starving: bool
    weighed: list[Weighed]
    """Who was chosen, then the best that were not, at most three; empty where nobody asks (`shown` of the engine is 0)."""
    considered: int
    """How many were weighed; where nobody asks, no more than it took to choose."""

    @property
    def chosen(self) -> Weighed:
        """Return what was chosen; raises IndexError where nobody asks."""
        return self.weighed[0]

    @property
    def others(self) -> list[Weighed]:
        """Return the best that were not chosen."""
        return self.weighed[1:]


@dataclass(frozen=True, slots=True)
class Rule:
    """The weights of both indices; see `rules`."""

    name: str
    kappa: float = 4.0
    slope: float = 0.3
    scarcity: float = 0.6
    idle: float = 0.5
    idle_full_s: float = 300.0
    fifo: bool = False
    """True: the oldest (with credit) first and the longest idle first, and nothing else."""
    best_skill: bool = False
    """True with `fifo`: the agent of the highest level first, then the longest idle."""
    uses_estimates: bool = True
