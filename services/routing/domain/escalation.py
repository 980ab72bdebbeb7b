"""To whom something is escalated, level by level, and when that happens by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class EscalationState(StrEnum):
    """resolved is final; a higher level makes an acknowledged one open again."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


UNRESOLVED = (EscalationState.OPEN, EscalationState.ACKNOWLEDGED)


class Cause(StrEnum):
    """Why something came to a level: somebody said so, it waited too long, its customer was unhappy again, nobody acknowledged the level below."""

    PERSON = "person"
    WAITED_TOO_LONG = "waited_too_long"
    UNHAPPY_AGAIN = "unhappy_again"
    NOT_ACKNOWLEDGED = "not_acknowledged"


UNHAPPY_AT = 0.25
"""What a customer said of a contact, as a share of the scale, up to which they were unhappy: not resolved, one or two of five stars."""
REMEMBERED = timedelta(days=30)
"""For how long an unhappy answer counts."""


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the ladder."""

    to_whom: str
    acknowledge_s: int | None
    """After so long without an acknowledgement it goes one level higher; None: it stays."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of a queue, lowest first, and its rules; a rule that is None does not exist."""

    levels: tuple[Level, ...]
    waited_s: int | None
    unhappy_times: int | None

    def at(self, level: int) -> Level | None:
        """Return a level, counted from 1; None when the ladder is not so high."""
        return self.levels[level - 1] if 1 <= level <= len(self.levels) else None


def ladder_of(document: Mapping[str, Any] | None) -> Ladder | None:
    """Read a ladder back from its queue; None when contacts of the queue are not escalated."""
    if document is None:
        return None
    levels = tuple(Level(each["to_whom"], each["acknowledge_seconds"]) for each in document["levels"])
    return Ladder(levels, document["waited_seconds"], document["unhappy_times"])
