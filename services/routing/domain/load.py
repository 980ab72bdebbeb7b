"""How much an agent carries at once over all channels: as it is stored, and as the engine reads it."""

import math
from collections.abc import Mapping
from typing import Any

Limits = tuple[tuple[tuple[str, float], ...], float, tuple[tuple[str, tuple[str, ...]], ...]]
"""(cost by channel, the most load at once, what may interrupt by channel): what `Capacity` takes beside the places."""
NO_LIMITS: Limits = ((), math.inf, ())
DIGITS = 6
"""A share of a capacity is rounded to so many: 57 % of 100 is 57 and not a trifle less."""


def limits_of(load: Mapping[str, Any] | None) -> Limits:
    """Return a stored load as the engine reads it; None: places by channel alone count."""
    if load is None:
        return NO_LIMITS
    capacity = load["capacity"]
    most = math.inf if capacity is None else round(capacity * load["cap"], DIGITS)
    interrupted_by = tuple((channel, tuple(sorted(by))) for channel, by in sorted(load["interrupted_by"].items()))
    return tuple(sorted(load["costs"].items())), most, interrupted_by
