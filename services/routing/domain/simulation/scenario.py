"""Who is there, who comes, and what would happen between them: everything that a played day needs, known beforehand so that rules can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.routing.domain.engine.parts import ClassSpec, Profile, QueuePromise


@dataclass(frozen=True, slots=True)
class PlayedAgent:
    """An agent: what the rule may know (`profile`), what is true (`pace`, `resolution` by topic), and when present (start, end in seconds)."""

    id: str
    profile: Profile
    pace: Mapping[str, float]
    resolution: Mapping[str, float]
    presence: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PlayedContact:
    """A contact: when it comes, how long it takes an agent of pace 1, and how long the customer waits before leaving."""

    id: int
    arrival_s: float
    cls: int
    topic: str
    handle_s: float
    patience_s: float


@dataclass(slots=True)
class Scenario:
    """One played period. `classes` are numbered by the contacts."""

    name: str
    agents: list[PlayedAgent]
    contacts: list[PlayedContact]
    classes: list[ClassSpec]
    queues: list[QueuePromise]
    wrap_s: float
    day_s: float = field(default=86_400.0)
    """Length of the unit by which runs are paired."""


@dataclass(frozen=True, slots=True)
class Served:
    """What became of one contact. `agent` is None and `resolution` 0 for who left."""

    contact: PlayedContact
    waited_s: float
    agent: str | None
    resolution: float
    handle_s: float
