"""Golden vectors of the estimates, and what allocation and calendar promise."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from services.survey.domain.cells import CellPlan, CellState, half_width, is_precise, neyman
from services.survey.domain.chance import adjusted, chi_square_tail, independence_p
from services.survey.domain.differences import Difference, differences
from services.survey.domain.holidays import days_off, is_holiday
from services.survey.domain.neutrality import biased
from services.survey.domain.shipped import SHIPPED
from services.survey.domain.timing import Window, next_decent_moment
from services.survey.domain.weighting import Stratum, kish_effective, pooled, raw, weighted, wilson

PLAN = CellPlan.model_validate({"by": ["site"], "half_width": 0.1, "budget": 1000})


def test_post_stratification_gives_the_published_vector() -> None:
    found = weighted([Stratum("a", 7000, 50, 40), Stratum("b", 3000, 150, 90)])
    plain = raw([Stratum("a", 7000, 50, 40), Stratum("b", 3000, 150, 90)])
    assert found is not None
    assert plain is not None
    assert (round(plain.value, 6), round(found.value, 6), round(found.standard_error, 6)) == (0.65, 0.74, 0.041773)
    assert found.low < 0.6581 + 0.01
    assert found.high > 0.8219 - 0.02
    assert round(kish_effective([7000 / 50] * 50 + [3000 / 150] * 150), 4) == 96.1538


@pytest.mark.parametrize(("satisfied", "answered"), [(42, 50), (0, 10), (10, 10), (7, 9)])
def test_wilsons_interval_agrees_with_statsmodels(satisfied: int, answered: int) -> None:
    low, high = proportion_confint(satisfied, answered, method="wilson")
    assert wilson(satisfied / answered, answered) == pytest.approx((low, high), abs=1e-9)
    assert half_width(satisfied, answered) == pytest.approx((high - low) / 2, abs=1e-9)


@pytest.mark.parametrize(("statistic", "freedom"), [(19.8057, 4), (0.5, 3), (163.4, 200), (300.0, 200), (1.0, 1)])
def test_the_tail_of_chi_square_agrees_with_scipy(statistic: float, freedom: int) -> None:
    assert chi_square_tail(statistic, freedom) == pytest.approx(stats.chi2.sf(statistic, freedom), rel=1e-9)


def test_adjusted_p_values_agree_with_statsmodels() -> None:
    given = [0.1651, 0.0602, 0.00084, 0.4185, 0.1097]
    assert adjusted(given) == pytest.approx(list(multipletests(given, method="fdr_bh")[1]))


def test_an_agent_who_steers_the_lot_is_found() -> None:
    honest = [(10, 10.0, 7.0)] * 20
    assert independence_p(honest)[2] > 0.99
    assert independence_p([*honest, (30, 10.0, 7.0)])[2] < 1e-4


def test_small_cells_are_pooled_and_nobody_is_lost() -> None:
    cells = pooled([Stratum("a", 10, 1, 1), Stratum("b", 20, 2, 0), Stratum("c", 70, 30, 20)])
    assert [(each.population, each.answered, each.satisfied) for each in cells] == [(100, 33, 21)]


def test_the_budget_goes_where_opinions_differ_and_answers_are_rare() -> None:
    states = [CellState("agreed", 1000, 100, 50, 50), CellState("divided", 1000, 100, 50, 25), CellState("silent", 1000, 100, 5, 3)]
    shares = neyman(PLAN, states, 300)
    assert shares["agreed"] < shares["divided"] < shares["silent"]
    assert sum(1000 * share for share in shares.values()) == pytest.approx(300, rel=0.01)


def test_a_precise_cell_is_asked_no_more_and_what_a_small_cell_cannot_use_goes_to_the_others() -> None:
    assert is_precise(PLAN, 100, 95)
    assert not is_precise(PLAN, 9, 9)
    shares = neyman(PLAN, [CellState("done", 1000, 200, 100, 95), CellState("small", 20, 50, 1, 0), CellState("large", 1000, 5, 2, 1)], 500)
    assert (shares["done"], shares["small"]) == (0.0, 1.0)
    assert shares["large"] == pytest.approx(0.48)


def test_nobody_is_asked_on_a_public_holiday_where_they_live() -> None:
    day = Window(start=time(9), end=time(20), weekdays=(1, 2, 3, 4, 5, 6, 7))
    assert (is_holiday("DE", date(2026, 12, 25)), is_holiday("US", date(2026, 12, 26)), is_holiday("XX", date(2026, 12, 25))) == (True, False, False)
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)
    assert next_decent_moment(christmas, ZoneInfo("Europe/Berlin"), day, days_off("DE")) == datetime(2026, 12, 27, 8, tzinfo=UTC)
    assert next_decent_moment(christmas, ZoneInfo("America/New_York"), day, days_off("US")) == datetime(2026, 12, 26, 14, tzinfo=UTC)


def test_differences_name_the_place() -> None:
    assert differences({"a": {"b/c": 1}, "d": [1]}, {"a": {"b/c": 2}, "d": [1]}) == [Difference("/a/b~1c", 1, 2)]


def test_what_is_not_neutral_is_named_and_shipped_programmes_have_their_source() -> None:
    assert biased(["contact.resolved", "contact.channel", "team", "event.attributes"]) == ["contact.resolved", "event.attributes", "team"]
    assert all(source for source, _ in SHIPPED.values())
