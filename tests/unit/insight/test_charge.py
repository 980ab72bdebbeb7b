"""Charge-back money is exact."""

from decimal import Decimal

import pytest

from services.insight.domain.charge import amount, cost_cents, is_role, minutes, rate_text, seconds, to_micros, to_ms


def test_ninety_seconds_at_24_an_hour_cost_60_cents() -> None:
    assert cost_cents(to_ms(90), to_micros(Decimal(24))) == 60


@pytest.mark.parametrize(("handle_ms", "cents"), [(7_500, 2), (22_500, 8), (37_500, 12), (7_501, 3), (0, 0)])
def test_half_a_cent_goes_to_the_even_neighbour(handle_ms: int, cents: int) -> None:
    """At 12.00 an hour a cent is 3 seconds; 7.5 s are 2.5 cents, 22.5 s 7.5 cents, 37.5 s 12.5 cents."""
    assert cost_cents(handle_ms, to_micros(Decimal(12))) == cents


def test_the_largest_price_fits_64_bits() -> None:
    assert to_ms(1e12) * to_micros(Decimal(10_000)) < 2**63


def test_time_is_never_negative() -> None:
    assert to_ms(-3) == 0


def test_amounts_and_rates_are_written_as_people_write_them() -> None:
    assert (amount(1230), amount(5), amount(0)) == ("12.30", "0.05", "0.00")
    assert (rate_text(24_000_000), rate_text(24_125_000), rate_text(10_000_000), rate_text(0)) == ("24.00", "24.125", "10.00", "0.00")
    assert (seconds(90_001), minutes(90_000)) == ("90.001", "1.50")


@pytest.mark.parametrize(("role", "known"), [("agent", True), ("agent.chat", True), ("agent.", False), ("agents", False), ("boss", False)])
def test_only_roles_that_price_something_are_roles(role: str, known: bool) -> None:
    assert is_role(role) is known
