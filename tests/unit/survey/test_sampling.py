"""The lot is even, repeatable, independent between programmes, and nobody without the key can foresee it."""

import pytest
from scipy import stats

from services.survey.domain.sampling import is_drawn, lot_of

KEY = b"k" * 32
CONTACTS = [f"contact:{number:08d}" for number in range(20_000)]


def test_lots_are_spread_evenly() -> None:
    lots = [lot_of(contact, "delivery", KEY) for contact in CONTACTS]
    assert all(0 <= lot < 1 for lot in lots)
    assert stats.kstest(lots, "uniform").pvalue > 0.01


@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_the_sample_has_the_share_that_was_asked_for(share: float) -> None:
    drawn = sum(is_drawn(lot_of(contact, "delivery", KEY), share) for contact in CONTACTS)
    assert stats.binomtest(drawn, len(CONTACTS), share).pvalue > 0.001


def test_a_share_of_nothing_asks_nobody_and_of_one_everybody() -> None:
    lots = [lot_of(contact, "delivery", KEY) for contact in CONTACTS]
    assert not any(is_drawn(lot, 0.0) for lot in lots)
    assert all(is_drawn(lot, 1.0) for lot in lots)


def test_a_lot_never_changes() -> None:
    # Frozen: a change of the formula would redraw every open sample.
    assert lot_of("contact:018f", "delivery", KEY) == 0.6380730596994506


def test_a_larger_share_keeps_who_was_in_the_smaller_one() -> None:
    lots = [lot_of(contact, "delivery", KEY) for contact in CONTACTS]
    assert {place for place, lot in enumerate(lots) if is_drawn(lot, 0.1)} < {place for place, lot in enumerate(lots) if is_drawn(lot, 0.2)}


def test_programmes_draw_independently_and_another_key_draws_anew() -> None:
    one = [lot_of(contact, "delivery", KEY) for contact in CONTACTS]
    other = [lot_of(contact, "relationship", KEY) for contact in CONTACTS]
    rekeyed = [lot_of(contact, "delivery", b"j" * 32) for contact in CONTACTS]
    assert abs(stats.pearsonr(one, other).statistic) < 0.03
    assert abs(stats.pearsonr(one, rekeyed).statistic) < 0.03
