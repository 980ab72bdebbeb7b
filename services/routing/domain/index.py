"""What surrounds the index rule of `domain.engine`: the rule's name, service levels, expected handle times, the starvation cap."""

RULE_VERSION = "index-3"
SERVICE_LEVEL_ALPHA = 0.02
HANDLE_PRIOR_WEIGHT = 20
"""Handled contacts that the configured handle time counts for against observed ones."""
LEAST_STARVATION_S = 300
STARVATION_TARGETS = 15


def service_level_after(level: float, *, in_time: bool) -> float:
    """Return the exponentially weighted service level after one more contact."""
    return level + SERVICE_LEVEL_ALPHA * ((1.0 if in_time else 0.0) - level)


def expected_handle_s(configured_s: float, handled: int, handled_s: float) -> float:
    """Shrink the observed mean handle time towards the configured one."""
    return (HANDLE_PRIOR_WEIGHT * configured_s + handled_s) / (HANDLE_PRIOR_WEIGHT + handled)


def starvation_cap_s(sla_s: float) -> float:
    """Return the waiting beyond which age alone decides: 300 s, or fifteen targets where the target is longer than 20 s."""
    return max(LEAST_STARVATION_S, STARVATION_TARGETS * sla_s)
