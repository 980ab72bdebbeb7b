"""What a contact costs the department that caused it.

Money is exact: time in whole milliseconds, rates in millionths of the currency unit per hour, amounts in whole cents,
rounded half to even once per contact. A total is the sum of the rounded lines, so it can be added up by hand.
"""

from decimal import ROUND_HALF_EVEN, Decimal

MICROS = 1_000_000
MS_PER_HOUR = 3_600_000
CENT_DIVISOR = MS_PER_HOUR * (MICROS // 100)
"""Milliseconds x micros per hour, divided by this, are cents."""

MAX_HANDLE_MS = 7 * 24 * MS_PER_HOUR
"""A week. Longer handling is a clock fault; the cap also keeps time x rate inside 64 bits."""
MAX_PER_HOUR = Decimal(10_000)

AGENT = "agent"


def cost_cents(handle_ms: int, per_hour_micros: int) -> int:
    """Return the price of one contact in cents, rounded half to even."""
    exact = Decimal(handle_ms) * Decimal(per_hour_micros) / Decimal(CENT_DIVISOR)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def to_ms(seconds: float) -> int:
    """Return handle time in milliseconds, never negative and at most a week."""
    return min(MAX_HANDLE_MS, max(0, round(seconds * 1000)))


def to_micros(per_hour: Decimal) -> int:
    """Return a rate in millionths per hour; digits beyond the sixth are rounded half to even."""
    return int((per_hour * MICROS).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def amount(cents: int) -> str:
    """Write cents as an amount with two digits, e.g. `12.30`."""
    return f"{Decimal(cents).scaleb(-2):.2f}"


def rate_text(per_hour_micros: int) -> str:
    """Write a rate per hour without needless zeros but with at least two digits, e.g. `24.00`, `24.125`."""
    plain = Decimal(per_hour_micros).scaleb(-6)
    short = plain.quantize(Decimal("0.01"))
    return str(short) if short == plain else f"{plain.normalize():f}"


def minutes(handle_ms: int) -> str:
    """Write handle time in minutes with two digits, for reading; the cost comes from the milliseconds."""
    return str((Decimal(handle_ms) / 60_000).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))


def seconds(handle_ms: int) -> str:
    """Write handle time in seconds with three digits: exact, and what the cost is worked out from."""
    return f"{Decimal(handle_ms).scaleb(-3):.3f}"


def is_role(role: str) -> bool:
    """Say whether any contact could ever be priced by this role: `agent`, or `agent.` and a channel.

    The channel's rate goes before the general one: an agent in chat serves several customers at a time.
    """
    return role == AGENT or (role.startswith(f"{AGENT}.") and len(role) > len(AGENT) + 1)
