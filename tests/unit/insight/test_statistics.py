"""The statistics against published vectors and independent implementations; the bench compares thousands of tables."""

import numpy as np
import pytest
from scipy.special import chdtrc, expit, ndtr, ndtri
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.regression.linear_model import OLS

from services.insight.domain.disclosure import releasable
from services.insight.domain.process import DrawnStep, mermaid
from services.insight.domain.statistics.change import detect
from services.insight.domain.statistics.control import funnel
from services.insight.domain.statistics.distributions import chi_squared_tail, logistic, normal_quantile, two_sided
from services.insight.domain.statistics.impact import difference_in_differences, hac, interrupted_series
from services.insight.domain.statistics.key_drivers import importance, lmg
from services.insight.domain.statistics.logistic import NotEstimable, logit, ordinal
from services.insight.domain.statistics.repeats import repeat_rate
from services.insight.domain.statistics.resampling import bootstrap
from services.insight.domain.statistics.weighting import linearised_error, rake, response_classes, standardised_difference
from services.insight.domain.training import needs
from tests.support.insight_golden import Check, golden, holds


@pytest.mark.parametrize("check", golden(), ids=lambda check: check[0])
def test_every_golden_vector_is_reproduced(check: Check) -> None:
    assert holds(check), f"{check[1]} instead of {check[2]}"


def test_robust_errors_agree_with_statsmodels() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    y = x @ [1.0, 0.5, -2.0] + np.cumsum(rng.normal(size=40)) * 0.3
    theirs = OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
    beta, covariance = hac(x, y, 3)

    assert beta == pytest.approx(theirs.params, abs=1e-10)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(theirs.bse, abs=1e-10)


def test_tails_of_distributions_agree_with_scipy_far_out_and_in_the_middle() -> None:
    for degrees in (1, 2, 3, 8, 37, 200, 387):
        for chi in (0.001, 0.7, 3.84, 40.0, 219.0, 978.0):
            assert chi_squared_tail(degrees, chi) == pytest.approx(chdtrc(degrees, chi), rel=1e-11), (degrees, chi)
    assert (chi_squared_tail(3, 0.0), chi_squared_tail(3, -1e-12)) == (1.0, 1.0)
    z = np.array([-30.0, -3.1, 0.0, 1.96, 8.0, 37.0])
    assert two_sided(z) == pytest.approx(2 * ndtr(-np.abs(z)), rel=1e-11)
    assert [normal_quantile(p) for p in (1e-9, 0.001, 0.025, 0.5, 0.9)] == pytest.approx(ndtri([1e-9, 0.001, 0.025, 0.5, 0.9]), abs=1e-12)
    assert logistic([-np.inf, -700.0, -40.0, 0.0, 40.0, np.inf]) == pytest.approx(expit([-np.inf, -700.0, -40.0, 0.0, 40.0, np.inf]), rel=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_ordinal_odds_agree_with_statsmodels() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 2))
    levels = np.digitize(x @ [1.0, -0.7] + rng.logistic(size=200), [-1.0, 0.5])
    theirs = OrderedModel(levels, x, distr="logit").fit(method="newton", disp=False, tol=1e-14)
    found = ordinal(x, levels.astype(np.int64))

    assert found.coefficients == pytest.approx(theirs.params[:2], abs=1e-6)
    assert found.errors == pytest.approx(theirs.bse[:2], abs=1e-6)
    with pytest.raises(NotEstimable):
        logit(np.array([[0.0], [0.0], [1.0], [1.0]]), np.array([0.0, 0.0, 1.0, 1.0]))


def test_a_common_season_is_no_effect_and_a_real_one_is_seen() -> None:
    rng = np.random.default_rng(3)
    season = np.sin(np.arange(40) / 3)
    noise = rng.normal(0, 0.05, (2, 40))
    nothing = difference_in_differences(season + noise[0], season + noise[1], 20)
    lifted = difference_in_differences(season + noise[0] + 0.3 * (np.arange(40) >= 20), season + noise[1], 20)

    assert nothing.interval.low < 0 < nothing.interval.high
    assert lifted.interval.low > 0.2
    assert lifted.value == pytest.approx(nothing.value + 0.3)
    with pytest.raises(ValueError, match="at least 4"):
        difference_in_differences(season[:6], season[:6], 3)


def test_an_interrupted_series_finds_the_jump_and_not_the_trend() -> None:
    time = np.arange(40)
    values = 0.5 + 0.002 * time + 0.1 * (time >= 20) + np.random.default_rng(4).normal(0, 0.005, 40)
    found = interrupted_series(values, 20)

    assert found.level.value == pytest.approx(0.1, abs=0.01)
    assert found.trend.interval.low < 0 < found.trend.interval.high


def test_a_change_is_dated_and_no_change_raises_no_alarm() -> None:
    moved = detect([80] * 10 + [60] * 10, [100] * 20)
    quiet = detect([80, 81, 79, 80, 82, 78, 80, 81], [100] * 8)

    assert moved is not None
    assert quiet is not None
    assert (moved.at, moved.before, moved.after, moved.alarms) == (10, 0.8, 0.6, True)
    assert (quiet.alarms, quiet.false_alarm_rate) == (False, 0.05)
    assert detect([1, 1], [2, 2]) is None


def test_only_the_site_that_differs_is_out() -> None:
    found = funnel(["S1", "S2", "S3", "S4", "S5"], [300, 102, 36, 711, 27], [400, 120, 60, 900, 30])

    assert [place.signal for place in found.places] == ["inside", "inside", "out", "inside", "inside"]


def test_contacts_that_are_too_young_are_neither_solved_nor_left_out() -> None:
    found = repeat_rate([1, 2, 10, 10, 3, 3], [True, True, False, False, False, False], 7)

    assert (found.n, found.repeats, found.seen_whole) == (6, 2, 4)
    assert found.value == pytest.approx(1 - (5 / 6) * (4 / 5))
    assert found.interval.low < found.value < found.interval.high


def test_the_same_seed_gives_the_same_interval() -> None:
    data = np.random.default_rng(5).normal(size=(100, 3))
    first = bootstrap(data[:, 0], lambda rows: float(rows.mean()), seed=7, draws=200)

    assert first == bootstrap(data[:, 0], lambda rows: float(rows.mean()), seed=7, draws=200)
    assert first != bootstrap(data[:, 0], lambda rows: float(rows.mean()), seed=8, draws=200)
    weighed = importance(["a", "b"], data[:, :2], data[:, 0] * 2 + data[:, 2], draws=50, seed=1)
    assert weighed[0].key == "a"
    assert weighed[0].low < weighed[0].lmg < weighed[0].high


def test_many_drivers_are_weighed_by_drawn_orders() -> None:
    matrix, target = np.eye(13), np.full(13, 0.1)

    assert lmg(matrix, target) == pytest.approx(np.full(13, 0.01), abs=1e-9)


def test_what_cannot_be_weighted_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        rake([[0, 0], [1, 2]], [1, 2], [1, 2])
    with pytest.raises(ValueError, match="same total"):
        rake([[1, 1], [1, 2]], [1, 2], [1, 5])
    assert response_classes([100, 50, 10], [50, 10, 0]).tolist() == [2.0, 5.0, 0.0]
    assert standardised_difference(50, 100, 25, 50) == 0
    assert linearised_error([1, 1, 0, 0], [1, 1, 1, 1]) == pytest.approx(0.25)


def test_a_small_group_hides_its_complement_too() -> None:
    sheets = [{"team": "sales"}] * 4 + [{"team": "technology"}] * 9

    assert releasable(sheets, {"team": ["sales", "technology"]}, minimum=5) == {(): 13}
    assert releasable(sheets[:4], {"team": ["sales", "technology"]}, minimum=5) == {}
    enough = [{"team": "sales"}] * 5 + [{"team": "technology"}] * 9
    assert releasable(enough, {"team": ["sales", "technology"]}, minimum=5) == {
        (): 14,
        (("team", "technology"),): 9,
        (("team", "sales"),): 5,
    }


def test_groups_that_differ_by_two_people_are_not_both_shown() -> None:
    sheets = [{"site": "north", "role": "agent"}] * 8 + [{"site": "north", "role": "lead"}] * 2 + [{"site": "south", "role": "lead"}] * 10
    shown = releasable(sheets, {"site": ["north", "south"], "role": ["agent", "lead"]}, minimum=5)

    assert shown == {(): 20, (("role", "lead"),): 12, (("role", "agent"),): 8, (("role", "agent"), ("site", "north")): 8}


def test_training_is_needed_where_the_gap_is_no_chance() -> None:
    counts = {("bill", "blue"): (60, 120), ("bill", "red"): (160, 200), ("bill", "green"): (150, 200), ("late", "blue"): (10, 20)}
    found = {(need.topic, need.team): need for need in needs(counts)}

    assert {key for key, need in found.items() if need.found} == {("bill", "blue")}
    assert found["bill", "blue"].effect == pytest.approx(0.5 - 310 / 400)
    assert ("late", "blue") not in found


def test_a_step_cannot_break_out_of_the_drawing() -> None:
    drawn = mermaid([DrawnStep("a", 'x"] --> evil["', "1 contact", is_bottleneck=False), DrawnStep("b", "Deliver", "2", is_bottleneck=True)])

    assert drawn.splitlines()[1] == '  s0["x#quot;) --#gt; evil(#quot;<br/>1 contact"]'
    assert "class s1 bottleneck" in drawn
