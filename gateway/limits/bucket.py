"""How much one principal may ask in a while: a bucket of cost that fills again by the second."""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass, field

REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Left:
    """What is in the bucket after asking."""

    granted: bool
    left: int
    wait_s: int
    """Whole seconds until it is granted, or until the bucket is full again when it was."""


@dataclass(slots=True)
class Buckets:
    """One bucket for each name. In this process alone: behind several processes a principal may ask as much of each."""

    size: float
    per_second: float
    _known: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, name: str, cost: float, now: float | None = None) -> Left:
        """Take the cost out if it is there. Who asks for more than a full bucket holds is granted it from a full one, which is then empty."""
        at = time.monotonic() if now is None else now
        level, since = self._known.pop(name, (self.size, at))
        level = min(self.size, level + (at - since) * self.per_second)
        wanted = min(cost, self.size)
        granted = level >= wanted
        if granted:
            level -= wanted
        self._known[name] = (level, at)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        missing = self.size - level if granted else wanted - level
        return Left(granted, int(level), math.ceil(missing / self.per_second))

    def fields(self, policy: str, left: Left) -> tuple[tuple[bytes, bytes], ...]:
        """Return the RateLimit fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After when nothing was granted."""
        window = math.ceil(self.size / self.per_second)
        found = (
            (b"ratelimit-policy", f'"{policy}";q={int(self.size)};w={window}'.encode()),
            (b"ratelimit", f'"{policy}";r={left.left};t={left.wait_s}'.encode()),
        )
        return found if left.granted else (*found, (b"retry-after", str(max(1, left.wait_s)).encode()))
