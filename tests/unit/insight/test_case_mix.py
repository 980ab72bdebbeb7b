"""Places with different work: what their own mix of cases lets expect, worked out by hand, and the plain funnel as the special case."""

import math

import pytest

from services.insight.domain.charts.funnel import FunnelShown, Mixed, Spot, draw_funnel
from services.insight.domain.charts.words import Words
from services.insight.domain.statistics.case_mix import AdjustedFunnel, MixCell, adjusted_funnel
from services.insight.domain.statistics.control import funnel

CELLS = [
    MixCell("north", ("easy",), 72, 80),
    MixCell("north", ("hard",), 8, 20),
    MixCell("south", ("easy",), 8, 20),
    MixCell("south", ("hard",), 32, 80),
]
"""The whole solves 80 of 100 easy cases and 40 of 100 hard ones; the north has the easy ones."""


def _found(cells: list[MixCell], least: int = 30) -> AdjustedFunnel:
    found = adjusted_funnel(cells, least=least)
    assert found is not None
    return found


def test_a_site_with_hard_cases_is_held_against_hard_cases() -> None:
    plain = {one.key: one for one in funnel(["north", "south"], [80, 40], [100, 100]).places}
    found = _found(CELLS)
    north, south = found.places

    assert (plain["south"].signal, south.signal, found.centre, found.strata) == ("out", "inside", 0.6, 2)
    assert (north.expected, south.expected) == pytest.approx((80 * 0.8 + 20 * 0.4, 20 * 0.8 + 80 * 0.4))
    assert (north.ratio, south.ratio) == pytest.approx((80 / 72, 40 / 48))
    assert (north.z, south.z) == pytest.approx((8 / math.sqrt(17.6), -8 / math.sqrt(22.4)))
    assert (north.low_95, north.high_95) == pytest.approx((0.8857993, 1.1142007), abs=1e-6)
    assert (north.low_998, north.high_998) == pytest.approx((0.8199410, 1.1800590), abs=1e-6)
    assert (north.adjusted_share, south.adjusted_share) == pytest.approx((2 / 3, 0.5))
    assert (north.weight, north.share) == pytest.approx((72**2 / 17.6 * 0.4 / 0.6, 0.8))
    assert north.interval is not None
    assert (north.interval.low, north.interval.high) == pytest.approx((0.7111708 / 0.72, 0.8666331 / 0.72), abs=1e-6)


def test_cases_that_one_place_alone_has_are_set_aside() -> None:
    found = _found([*CELLS, MixCell("north", ("rare",), 0, 10)])

    assert [(one.key, one.n, one.set_aside, one.good) for one in found.places] == [("north", 100, 10, 80), ("south", 100, 0, 40)]
    assert found.places[0].ratio == pytest.approx(80 / 72)
    assert adjusted_funnel([MixCell("north", ("rare",), 5, 10), MixCell("south", ("other",), 5, 10)], least=1) is None


def test_a_place_with_few_answers_counts_in_the_whole_and_is_not_judged() -> None:
    found = _found([*CELLS, MixCell("east", ("easy",), 0, 20)])

    assert ([one.key for one in found.places], found.too_few) == (["north", "south"], ("east",))
    assert found.places[0].expected == pytest.approx(80 * 80 / 120 + 20 * 0.4)


def test_with_one_kind_of_case_it_is_the_plain_funnel() -> None:
    keys, good, n = ["S5", "S3", "S2", "S1", "S4"], [27, 36, 102, 300, 711], [30, 60, 120, 400, 900]
    plain = funnel(keys, good, n)
    found = _found([MixCell(key, (), k, size) for key, k, size in zip(keys, good, n, strict=True)])

    assert [(one.key, one.signal) for one in found.places] == [(one.key, one.signal) for one in plain.places]
    for mine, theirs in zip(found.places, plain.places, strict=True):
        assert (mine.z, mine.adjusted_p, mine.weight) == pytest.approx((theirs.z, theirs.adjusted_p, theirs.n))
        assert (mine.adjusted_share, mine.low_95 * found.centre) == pytest.approx((theirs.share, theirs.low_95))
    assert found.p == pytest.approx(plain.p)


def test_where_everybody_is_good_nobody_differs() -> None:
    (one, other) = _found([MixCell("north", (), 40, 40), MixCell("south", (), 50, 50)]).places

    assert (one.ratio, one.z, one.signal, other.low_998, other.high_998) == (1.0, 0.0, "inside", 1.0, 1.0)
    (none, _) = _found([MixCell("north", (), 0, 40), MixCell("south", (), 0, 50)]).places
    assert (none.ratio, none.expected, none.interval) == (1.0, 0.0, None)


def test_the_adjusted_chart_has_a_table_of_observed_and_expected() -> None:
    found = _found([*CELLS, MixCell("east", ("easy",), 16, 20)])
    spots = [
        Spot(one.key, one.good, one.n, one.ratio, one.signal, one.adjusted_p, Mixed(one.expected, one.weight, one.interval)) for one in found.places
    ]
    drawn = draw_funnel(FunnelShown("csat", "site", found.centre, found.inflation, spots, found.too_few, True, ["driver"]), Words("en"))

    assert drawn.title == "Customer satisfaction by site, adjusted for driver"
    assert drawn.description == "2 places around what their cases let expect, from 200 answers: nobody outside of the 99.8% limits."
    assert drawn.table.columns == ("site", "answers", "observed", "expected", "observed / expected", "95% interval", "verdict")
    assert drawn.table.rows == (
        ("north", 100, 80, "72", "1.11", "0.99 to 1.2", "inside"),
        ("south", 100, 40, "48", "0.83", "0.64 to 1.04", "inside"),
        ("east", None, None, "", "under 30 answers", "", "not judged"),
    )
