"""Charts keep their promises: gaps stay gaps, few answers stay counts, names stay text."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from services.insight.domain.charts.canvas import LIGHT, shortened, width_of, wrapped
from services.insight.domain.charts.pareto import Cause, draw_pareto
from services.insight.domain.charts.scale import chosen, ticks
from services.insight.domain.charts.trend import Dot, Line, draw_trend
from services.insight.domain.charts.words import Words
from services.insight.domain.intervals import wilson

DAY = datetime(2026, 11, 2, tzinfo=UTC)


def _dot(days: int, good: int, n: int) -> Dot:
    return Dot(DAY + timedelta(days=days), good / n, n, wilson(good / n, n))


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(0, 77_364, [0, 20_000, 40_000, 60_000, 80_000]), (0.61, 0.88, [0.6, 0.7, 0.8, 0.9]), (5, 5, [5, 6]), (-3, 3, [-4, -2, 0, 2, 4])],
)
def test_an_axis_has_round_numbers_that_hold_all_values(low: float, high: float, found: list[float]) -> None:
    assert ticks(low, high) == found


def test_the_last_of_many_labels_is_always_there() -> None:
    assert (chosen(3, 8), chosen(20, 6)[-1], len(chosen(20, 6))) == ([0, 1, 2], 19, 5)


def test_days_without_answers_break_the_line_and_few_answers_are_counts() -> None:
    drawn = draw_trend(Line("csat", "share", 7, [_dot(0, 40, 50), _dot(7, 41, 50), _dot(28, 10, 12), _dot(35, 45, 50)]), Words())

    assert len(re.findall("<polyline", drawn.svg)) == 2
    assert [row[1] for row in drawn.table.rows] == ["80.0%", "82.0%", "10 of 12", "90.0%"]
    assert drawn.svg.count(f'fill="{LIGHT["surface"]}" stroke="{LIGHT["accent"]}"') == 1
    assert drawn.description == "Customer satisfaction in 4 points, the last one 90.0% of 50 answers."


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    english, german, unknown = Words("en"), Words("de"), Words("xx-nowhere")

    assert (english.percent(0.795), german.percent(0.795)) == ("79.5%", "79,5\xa0%")
    assert (english.money(1234.5, "EUR"), german.money(1234.5, "EUR")) == ("€1,234.50", "1.234,50\xa0€")
    assert unknown.count(18_420) == "18,420"


def test_causes_beyond_the_largest_are_one_bar_and_all_are_in_the_table() -> None:
    drawn = draw_pareto([Cause(f"driver-{one}", None, 20 - one, float(20 - one)) for one in range(12)], Words(), currency=None, priced=False)

    assert ("4 others" in drawn.svg, len(drawn.table.rows), drawn.table.rows[-1][-1]) == (True, 12, "100.0%")


def test_long_names_are_cut_where_they_end() -> None:
    name = "a-really-long-driver-name-of-somebody"

    assert all(width_of(line, 12) <= 70 for line in wrapped(name, 70, 2, 12))
    assert (shortened("short", 100), shortened("x" * 50, 60)[-1]) == ("short", "…")
