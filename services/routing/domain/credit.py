"""Priority as seconds of credit: a contact counts as if it had waited that much longer, so nobody can be passed for ever."""

GRAIN_S = 30
"""Credits are multiples of this, so that contacts fall into few classes."""
MOST_S = 900
UNHAPPY_S = 90
VALUED_S = 90
VALUED_TIERS = frozenset({"vip", "gold", "platinum"})
PER_SEVERITY_S = 60


def severity_credit_s(severity: int) -> int:
    """Return the credit of a call-back: nothing for a remark (1), 180 s for an urgent one (4)."""
    return PER_SEVERITY_S * (min(max(severity, 1), 4) - 1)


def total_credit_s(asked_s: int, *, mood: str | None, tier: str | None) -> int:
    """Add what the caller asked for, the customer's mood and standing. None: nothing is known."""
    credit = asked_s
    if mood == "unhappy":
        credit += UNHAPPY_S
    if tier is not None and tier.lower() in VALUED_TIERS:
        credit += VALUED_S
    return min(credit, MOST_S)
