"""The golden vectors of the metrics' design, one by one: name, what insight computes, what it must be, how close."""

from collections.abc import Sequence

import numpy as np

from services.insight.domain.intervals import net_score, net_score_error, newcombe, wilson
from services.insight.domain.statistics.agreement import cohens_kappa
from services.insight.domain.statistics.control import benjamini_hochberg, homogeneity, laney, p_limits, z_scores
from services.insight.domain.statistics.distributions import two_sided
from services.insight.domain.statistics.key_drivers import johnson, lmg, r_squared
from services.insight.domain.statistics.savings import avoided, business_case, contacts_per_issue, sample_size
from services.insight.domain.statistics.weighting import Stratum, design_effect, kish, post_stratified, rake

Check = tuple[str, Sequence[float], Sequence[float], float]
SITES_GOOD, SITES_N = (300, 102, 36, 711, 27), (400, 120, 60, 900, 30)


def _intervals() -> list[Check]:
    found: list[Check] = []
    for hits, n, low, high in ((42, 50, 0.714858, 0.916626), (0, 10, 0, 0.277533), (10, 10, 0.722467, 1), (7, 9, 0.452589, 0.936775)):
        one = wilson(hits / n, n)
        found.append((f"wilson {hits}/{n}", (one.low, one.high), (low, high), 1e-6))
    for before, after, low, high, close in (
        ((0.66, 100), (0.80, 100), 0.016788, 0.257865, 1e-6),
        ((254 / 385, 385), (0.80, 385), 0.0777, 0.2014, 1e-4),
    ):
        change = newcombe(before, after)
        found.append((f"newcombe {before}", (change.low, change.high), (low, high), close))
    for promoters, passive, detractors, half in ((60, 25, 15, 14.5024), (600, 250, 150, 4.5861), (12, 5, 3, 32.4284)):
        n = promoters + passive + detractors
        interval = net_score(promoters / n, detractors / n, n)
        found.append((f"nps {promoters}", ((interval.high + interval.low) / 2, (interval.high - interval.low) / 2), (45, half), 1e-4))
    found.append(("nps error", (net_score_error(0.6, 0.15, 100),), (7.3993,), 1e-4))
    return found


def _weights() -> list[Check]:
    whole = post_stratified([Stratum(7000, 50, 40), Stratum(3000, 150, 90)])
    weights = [140.0] * 50 + [20.0] * 150
    raked = rake([[30, 20], [10, 40]], [60, 40], [55, 45])
    return [
        ("post-stratified share", (whole.value,), (0.74,), 1e-12),
        ("post-stratified error", (whole.error, whole.interval.low, whole.interval.high), (0.041773, 0.6581, 0.8219), 1e-4),
        ("kish", (kish(weights), design_effect(weights)), (96.1538, 2.08), 1e-4),
        ("raking", raked.ravel().tolist(), (43.0818, 16.9182, 11.9182, 28.0818), 1e-4),
        ("sample size", (sample_size(0.05), sample_size(0.03)), (385, 1068), 0),
        ("sample size, finite", (sample_size(0.05, population=2000), sample_size(0.05, population=200)), (323, 132), 0),
    ]


def _control() -> list[Check]:
    scores = z_scores(SITES_GOOD, SITES_N)
    centre = sum(SITES_GOOD) / sum(SITES_N)
    chi, degrees, p = homogeneity(SITES_GOOD, SITES_N)
    return [
        ("p-chart", (centre, *p_limits(centre, 400), *p_limits(centre, 60)), (0.778808, 0.7166, 0.8411, 0.6181, 0.9396), 1e-4),
        ("funnel z", scores.tolist(), (-1.3882, 1.8790, -3.3370, 0.8090, 1.5993), 1e-4),
        ("homogeneity", (chi, degrees, p), (19.8057, 4, 0.000545), 1e-4),
        ("benjamini-hochberg", benjamini_hochberg(two_sided(scores)).tolist(), (0.2064, 0.1506, 0.0042, 0.4185, 0.1829), 1e-4),
        ("laney", (laney(scores.tolist()),), (2.9742,), 1e-4),
    ]


def _drivers() -> list[Check]:
    matrix, target = np.array([[1, 0.6, 0.3], [0.6, 1, 0.4], [0.3, 0.4, 1]]), np.array([0.7, 0.6, 0.3])
    return [
        ("r squared", (r_squared(matrix, target, (0, 1, 2)),), (0.541573,), 1e-6),
        ("lmg", lmg(matrix, target).tolist(), (0.320683, 0.188376, 0.032514), 1e-6),
        ("johnson", johnson(matrix, target).tolist(), (0.321717, 0.186584, 0.033272), 1e-6),
        ("kappa", (cohens_kappa("AABBCCAABB", "AABBCCABBB").kappa,), (0.84375,), 1e-12),
    ]


def _savings() -> list[Check]:
    changes = [avoided(0.66, 0.80, call_back=c, contacts=1, per_contact=1).change for c in (1, 0.7, 0.5)]
    per_issue = [contacts_per_issue(r, c) for c in (1, 0.7) for r in (0.66, 0.80)]
    case = avoided(0.66, 0.80, call_back=1, contacts=12 / 0.175, per_contact=53 / 12)
    loose = avoided(0.66, 0.80, call_back=0.7, contacts=105.3, per_contact=53 / 12)
    return [
        ("contacts avoided", changes, (-0.175, -0.114, -0.0778), 1e-4),
        ("contacts per issue", per_issue, (1.5152, 1.25, 1.3123, 1.1628), 1e-4),
        ("business case", (business_case(1.5, 40_000, 24),), (24_000,), 1e-9),
        ("published case", (12 / -case.change, case.contacts, case.saved), (68.6, 12, 53), 0.05),
        ("published case, loose", (loose.contacts, 53 / 12), (12, 4.42), 0.05),
    ]


def golden() -> list[Check]:
    """Return every golden vector of the design."""
    return [*_intervals(), *_weights(), *_control(), *_drivers(), *_savings()]


def holds(check: Check) -> bool:
    """Say whether a vector is reproduced."""
    _, found, wanted, close = check
    return len(found) == len(wanted) and all(abs(one - other) <= close + 1e-12 for one, other in zip(found, wanted, strict=True))
