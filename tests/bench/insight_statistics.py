"""Are insight's statistics right? Golden vectors, independent oracles on random tables, and whether 95 % intervals cover 95 %."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import permutations

import numpy as np
import numpy.typing as npt
from scipy import stats as scipy_stats
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.contingency_tables import SquareTable
from statsmodels.stats.inter_rater import cohens_kappa as their_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from services.insight.domain.definitions import CSAT
from services.insight.domain.figures import Counted, figure
from services.insight.domain.intervals import newcombe, wilson
from services.insight.domain.statistics.agreement import cohens_kappa
from services.insight.domain.statistics.change import detect
from services.insight.domain.statistics.control import benjamini_hochberg, funnel, homogeneity
from services.insight.domain.statistics.impact import difference_in_differences, hac
from services.insight.domain.statistics.key_drivers import correlations, johnson, lmg, r_squared
from services.insight.domain.statistics.logistic import NotEstimable, ordinal
from services.insight.domain.statistics.repeats import repeat_rate
from services.insight.domain.statistics.weighting import Stratum, post_stratified, rake
from tests.bench.figure import Figure
from tests.support.insight_golden import golden, holds

TABLES, SIMULATIONS = 1000, 1000
SETTLED = 1e-8
"""The oracle stops when a Newton step is shorter. Much below, the noise of its numerical Hessian keeps it walking to its last iteration
(seconds a fit) without coming nearer: on the way from here to there its answer moves by less than 1e-9."""
Rng = np.random.Generator
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Within(Figure):
    """A figure that must lie in a band from `goal` to `most`."""

    most: float = 1.0

    @property
    def good(self) -> bool:
        return self.goal <= self.value <= self.most


def _apart(found: object, wanted: object) -> float:
    return float(np.max(np.abs(np.asarray(found, dtype=float) - np.asarray(wanted, dtype=float))))


def _intervals(rng: Rng) -> float:
    n, m = int(rng.integers(1, 5000)), int(rng.integers(1, 5000))
    k, j = int(rng.integers(0, n + 1)), int(rng.integers(0, m + 1))
    one, change = wilson(k / n, n), newcombe((j / m, m), (k / n, n))
    theirs = confint_proportions_2indep(k, n, j, m, method="newcomb")
    return max(_apart((one.low, one.high), proportion_confint(k, n, method="wilson")), _apart((change.low, change.high), theirs))


def _control(rng: Rng) -> float:
    places = int(rng.integers(2, 30))
    n = rng.integers(5, 2000, places)
    good = rng.binomial(n, rng.uniform(0.3, 0.95))
    chi, _, p = homogeneity(good.tolist(), n.tolist())
    theirs = scipy_stats.chi2_contingency(np.array([good, n - good]), correction=False)
    raw = rng.uniform(0, 1, places) ** 2
    return max(
        _apart(chi, theirs.statistic) / max(1.0, float(theirs.statistic)),
        _apart(p, theirs.pvalue),
        _apart(benjamini_hochberg(raw), multipletests(raw, method="fdr_bh")[1]),
    )


def _weights(rng: Rng) -> float:
    strata = [Stratum(float(rng.integers(100, 9999)), n, float(rng.integers(0, n + 1))) for n in rng.integers(2, 300, 4).tolist()]
    whole = post_stratified(strata)
    part = np.array([one.population for one in strata]) / sum(one.population for one in strata)
    described = [DescrStatsW(np.repeat([1.0, 0.0], [int(one.good), one.n - int(one.good)])) for one in strata]
    value = sum(w * d.mean for w, d in zip(part, described, strict=True))
    error = np.sqrt(sum((w * d.std_mean) ** 2 for w, d in zip(part, described, strict=True)))
    return _apart((whole.value, whole.error), (value, error))


def _agreement(rng: Rng) -> float:
    kinds = int(rng.integers(2, 5))
    first = rng.integers(0, kinds, 60)
    second = np.where(rng.uniform(size=60) < 0.6, first, rng.integers(0, kinds, 60))
    table = SquareTable(np.histogram2d(first, second, bins=[range(kinds + 1)] * 2)[0], shift_zeros=False).table
    theirs = their_kappa(table)
    found = cohens_kappa(first.astype(str).tolist(), second.astype(str).tolist())
    half = 1.959963984540054 * theirs.std_kappa
    return max(_apart(found.kappa, theirs.kappa), _apart(found.interval.low, max(-1.0, theirs.kappa - half)))


def _series(rng: Rng) -> float:
    points, lag = int(rng.integers(20, 120)), int(rng.integers(0, 6))
    x = np.column_stack([np.ones(points), rng.normal(size=(points, 2))])
    y = x @ [1.0, 2.0, -1.0] + np.cumsum(rng.normal(size=points)) * 0.2
    theirs = OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True})
    beta, covariance = hac(x, y, lag)
    return max(_apart(beta, theirs.params), _apart(np.sqrt(np.diag(covariance)), theirs.bse))


def _shapley(rng: Rng) -> float:
    x = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4))
    y = x @ rng.normal(size=4) + rng.normal(size=50)
    matrix, target = correlations(x, y)
    theirs = np.zeros(4)

    @cache
    def explained(columns: frozenset[int]) -> float:
        design = np.column_stack([np.ones(50), x[:, sorted(columns)]])
        return float(OLS(y, design).fit().rsquared)

    for order in permutations(range(4)):
        before = 0.0
        for place, one in enumerate(order):
            after = explained(frozenset(order[: place + 1]))
            theirs[one] += (after - before) / 24
            before = after
    whole = r_squared(matrix, target, (0, 1, 2, 3))
    return max(_apart(lmg(matrix, target), theirs), abs(float(johnson(matrix, target).sum()) - whole))


def _survival(rng: Rng) -> float:
    from statsmodels.duration.survfunc import SurvfuncRight

    days = np.ceil(rng.exponential(10, 80))
    event = rng.uniform(size=80) < 0.5
    window = 7.0
    if not (event & (days <= window)).any():
        return 0.0
    theirs = SurvfuncRight(days, event.astype(int))
    inside = theirs.surv_times <= window
    return _apart(repeat_rate(days.tolist(), event.tolist(), window).value, 1 - theirs.surv_prob[inside][-1])


def _raking(rng: Rng) -> float:
    """The oracle solves the same problem another way: Newton's method on the dual (multiplicative weights) with scipy."""
    from scipy.optimize import root

    seed = rng.uniform(1, 50, (3, 4))
    rows, columns = rng.uniform(10, 50, 3), rng.uniform(10, 50, 4)
    columns *= rows.sum() / columns.sum()

    def gap(duals: Vector) -> Vector:
        table = seed * np.exp(duals[:3])[:, None] * np.exp(np.append(duals[3:], 0))[None, :]
        return np.append(table.sum(axis=1) - rows, (table.sum(axis=0) - columns)[:-1])

    duals = root(gap, np.zeros(6), tol=1e-13).x
    theirs = seed * np.exp(duals[:3])[:, None] * np.exp(np.append(duals[3:], 0))[None, :]
    return _apart(rake(seed.tolist(), rows.tolist(), columns.tolist()), theirs)


def _odds(rng: Rng) -> float:
    x = rng.normal(size=(250, 2))
    latent = x @ [0.8, -0.5] + rng.logistic(size=250)
    levels = np.digitize(latent, [-1.0, 0.0, 1.2])
    try:
        found = ordinal(x, levels.astype(np.int64))
    except NotEstimable:
        return 1.0
    theirs = OrderedModel(levels, x, distr="logit").fit(method="newton", disp=False, maxiter=200, tol=SETTLED)
    return _apart(found.coefficients, theirs.params[:2]) if theirs.mle_retvals["converged"] else 1.0


def _worst(checks: tuple[Callable[[Rng], float], ...], tables: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    return max(check(rng) for _ in range(tables) for check in checks)


def _oracles() -> list[Figure]:
    exact = _worst((_intervals, _control, _weights, _agreement, _series, _survival, _shapley), TABLES, 8)
    iterative = max(_worst((_raking,), TABLES, 10), _worst((_odds,), TABLES, 11))
    note = "Wilson, Newcombe, chi2, FDR, strata, kappa, HAC, Kaplan-Meier, Shapley (24 orders as regressions) on 1,000 tables each"
    loops = "raking against Newton on the dual, proportional odds against statsmodels, on 1,000 tables each"
    return [
        Figure("insight.oracle_max_error", exact, "largest difference", 1e-9, lower_is_better=True, note=f"{exact:.1e}; {note}"),
        Figure("insight.oracle_max_error_iterative", iterative, "largest difference", 1e-6, lower_is_better=True, note=f"{iterative:.1e}; {loops}"),
    ]


def _wilson_covers(rng: Rng) -> bool:
    n, p = int(rng.integers(20, 1500)), rng.uniform(0.05, 0.95)
    found = wilson(rng.binomial(n, p) / n, n)
    return bool(found.low <= p <= found.high)


def _weighted_covers(rng: Rng) -> bool:
    """A population of 12,000 in four groups that differ in mood and in how likely they are asked; the product's own weighted figure."""
    size = rng.multinomial(12_000, rng.dirichlet(np.ones(4) * 4))
    mood, asked = rng.uniform(0.4, 0.9, 4), rng.choice([0.02, 0.05, 0.1, 0.2], 4)
    happy = rng.binomial(size, mood)
    counted = []
    for group in range(4):
        yes, no = rng.binomial(happy[group], asked[group]), rng.binomial(size[group] - happy[group], asked[group])
        counted += [Counted("5", float(asked[group]), int(yes)), Counted("1", float(asked[group]), int(no))]
    found = figure(CSAT, counted, minimum=5).weighted
    assert found is not None
    return bool(found.interval.low <= happy.sum() / size.sum() <= found.interval.high)


def _did_covers(rng: Rng) -> bool:
    """Sixty weeks of 300 answers each at two sites: a common season, slowly wandering local weeks, a true effect of 6 points."""
    points, change, effect = 60, 30, 0.06
    season = 0.03 * np.sin(np.arange(points) / 8)
    local = np.zeros((2, points))
    shocks = rng.normal(0, 0.01, (2, points))
    for week in range(1, points):
        local[:, week] = 0.3 * local[:, week - 1] + shocks[:, week]
    lifted = effect * (np.arange(points) >= change)
    treated = rng.binomial(300, np.clip(0.70 + season + local[0] + lifted, 0, 1)) / 300
    control = rng.binomial(300, np.clip(0.74 + season + local[1], 0, 1)) / 300
    found = difference_in_differences(treated, control, change).interval
    return bool(found.low <= effect <= found.high)


def _coverage(name: str, covers: Callable[[Rng], bool], seed: int, note: str) -> Figure:
    rng = np.random.default_rng(seed)
    value = sum(covers(rng) for _ in range(SIMULATIONS)) / SIMULATIONS
    return Within(name, value, "share of 1,000 intervals that hold the truth", 0.93, note=f"goal 0.93 to 0.97; {note}", most=0.97)


def _false_alarms() -> list[Figure]:
    rng = np.random.default_rng(14)
    changes = 0
    for run in range(SIMULATIONS):
        n = rng.integers(20, 120, 40)
        found = detect(rng.binomial(n, 0.8).tolist(), n.tolist(), seed=run)
        changes += found is not None and found.alarms
    moved = changes / SIMULATIONS / 0.05
    called, places, outside = 0, 0, 0
    for _ in range(SIMULATIONS):
        n = rng.integers(40, 600, 40)
        whole = funnel([str(i) for i in range(40)], rng.binomial(n, 0.8).tolist(), n.tolist())
        called += sum(one.signal != "inside" for one in whole.places)
        outside += sum(not one.low_998 <= one.share <= one.high_998 for one in whole.places)
        places += 40
    funnels, outer = called / places / 0.05, outside / places / 0.002
    note = f"observed / stated, goal 0.7 to 1.3; change detection at 5 % {moved:.3f}, funnel at 5 % {funnels:.3f}, funnel at 0.2 % {outer:.3f}"
    farthest = max((moved, funnels, outer), key=lambda ratio: abs(ratio - 1))
    return [Within("insight.false_alarm_ratio", farthest, "observed / stated (the farthest of three)", 0.7, note=note, most=1.3)]


async def run() -> list[Figure]:
    """Check the golden vectors, compare with the oracles, simulate."""
    warnings.simplefilter("ignore")
    vectors = golden()
    share = sum(holds(one) for one in vectors) / len(vectors)
    return [
        Figure("insight.golden", share, "share of vectors reproduced", 1.0, note=f"{len(vectors)} vectors"),
        *_oracles(),
        _coverage("insight.coverage_wilson", _wilson_covers, 12, "n 20 to 1,500, share 0.05 to 0.95"),
        _coverage("insight.coverage_weighted", _weighted_covers, 13, "four groups asked with unequal probability, the served figure"),
        _coverage("insight.coverage_did", _did_covers, 15, "60 weeks, autocorrelation 0.3, HAC errors"),
        *_false_alarms(),
    ]
