"""Amounts of money: exact, kept as whole thousandths of the currency's unit (no currency in use has more than three digits)."""

from decimal import Decimal

DIGITS = 3
MOST = Decimal(10**9)


def to_thousandths(amount: Decimal) -> int:
    """Return an amount as it is stored; it must have no more than three digits."""
    return int(amount.scaleb(DIGITS))


def as_text(thousandths: int) -> str:
    """Return an amount as decimal text with two digits, three where the last one counts."""
    plain = Decimal(thousandths).scaleb(-DIGITS)
    short = plain.quantize(Decimal("0.01"))
    return str(short if short == plain else plain)
