"""Views of the overview and of what lies behind its figures."""

from datetime import datetime

from services.insight.contract.figures import (
    ChangeView,
    EstimateView,
    IntervalView,
    MetricView,
    MoneyView,
    PeriodView,
    QuotedView,
    WeightedFigureView,
)
from services.kit.fields import View


class TileView(View):
    """One figure of the overview. Counted figures (contacts, cost, overdue) have no interval; cost is in the installation's currency."""

    key: str
    name: str
    definition_id: str
    unit: str
    """share, points, count or money."""
    higher_is_better: bool
    value: float | None
    interval: IntervalView | None
    weighted: float | None
    numerator: int | None
    n: int
    n_effective: float
    withheld: str | None
    change: ChangeView | None
    before: float | None


class PointView(View):
    """One point of a series: the days from `start` on."""

    start: datetime
    value: float
    numerator: int | None
    """Null for what is counted: then it is the value itself."""
    n: int
    interval: IntervalView | None


class SeriesView(View):
    """A figure over time; points without any answer are left out, not drawn as zero."""

    key: str
    name: str
    definition_id: str
    unit: str
    days_per_point: int
    points: list[PointView]


class ParetoView(View):
    """A driver in the order of cost; `cumulative_share` of it and of all dearer ones."""

    driver: str | None
    department: str | None
    contacts: int
    cost: MoneyView | None
    cumulative_share: float


class PlaceView(View):
    """A site, vendor or team against the whole. signal: out, look or inside; `adjusted_p` keeps the false-discovery rate."""

    key: str
    good: int
    n: int
    n_effective: float
    """Kish's number of the answers whose probability of being asked is known."""
    share: float
    interval: IntervalView
    weighted: EstimateView | None
    """By how likely each was asked; null while too few probabilities are known. Limits and signal are of the plain share."""
    non_response: WeightedFigureView | None
    """As if all channels and segments that were asked there had answered alike; null in the overview and in charts, and where nobody asked for it."""
    z: float
    p: float
    adjusted_p: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float
    signal: str
    change: ChangeView | None
    """Of its share against the comparison period; null when it had no answers then."""


class FunnelView(View):
    """Places around their common share; `inflation` above 1 says that limits were widened for over-dispersion (Laney)."""

    definition_id: str
    by: str
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    method: str
    """normal limits around the common share, widened by Laney's spread; false discoveries after Benjamini and Hochberg."""
    centre: float | None
    inflation: float
    p: float | None
    """Probability of so much difference by chance alone."""
    places: list[PlaceView]
    too_few: list[str]
    """Places with under 30 answers: named, not judged."""


class OverviewView(View):
    """Everything of the overview page."""

    definitions: dict[str, str]
    """Field of the Pareto rows to the definition of what stands in it."""
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    currency: str | None
    figures: list[TileView]
    series: list[SeriesView]
    pareto: list[ParetoView]
    funnel: FunnelView


class TrendView(View):
    """Has a figure changed within the period? `false_alarm_rate` is how often this would be said of a period without any change."""

    definition_id: str
    figure: MetricView
    """The whole period as one figure: interval, effective n, plain beside weighted, withheld."""
    period: PeriodView
    compared_with: PeriodView
    change: ChangeView | None
    """Of the whole period's share against the comparison period's; null when either had no answers."""
    points: list[PointView]
    changed_at: datetime | None
    """The likeliest moment of a change; null when the series is too short."""
    before: float | None
    after: float | None
    p: float | None
    false_alarm_rate: float
    alarms: bool
    sentence: str
    filters: dict[str, str]
    numerator: int
    n: int
    """Answers of the whole series, and how many of them count as good."""
    method: str


class ImportanceView(View):
    """How much of what satisfaction differs by is carried by one driver: shares of R² by Shapley (LMG) and by Johnson."""

    driver: str
    answers: int
    lmg: float
    low: float
    high: float
    johnson: float
    inflation: float
    """Variance inflation: above 5 the driver can hardly be told from others."""
    odds: float | None
    """Odds ratio of a better answer with the driver against without it; null when it cannot be estimated."""
    odds_low: float | None
    odds_high: float | None
    satisfied: float
    """Share satisfied among its own answers."""
    priority: float
    """Shapley share x (1 - satisfied): what is important and goes badly comes first."""
    change: ChangeView | None
    """Of the share satisfied against the comparison period; null when nobody answered about it then."""


class KeyDriversView(View):
    """What moves satisfaction; sorted by priority. Weights are of this period alone: each depends on what else happened in it."""

    definition_id: str
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    n: int
    method: str
    """How weights and their intervals are worked out."""
    r_squared: float | None
    seed: int
    drivers: list[ImportanceView]
    withheld: str | None


class RepeatView(View):
    """How many customers come back about the same driver within the window; contacts too young to know count for as long as they were seen."""

    definition_id: str
    period: PeriodView
    window_days: int
    value: float | None
    interval: IntervalView | None
    n: int
    repeats: int
    seen_whole: int
    withheld: str | None
    first_contact_resolution: float | None
    """Share of "resolved: yes" among answers whose contact was not followed by another in the window."""
    first_contact_n: int
    first_contact: MetricView
    """The same as a whole figure: interval, effective n, plain beside weighted, change; withheld when too few answered."""
    agreement: float | None
    """Cohen's kappa between what customers say (resolved) and what they do (no repeat)."""
    filters: dict[str, str]
    compared_with: PeriodView
    change: ChangeView | None
    """Of the repeat rate against the comparison period; null while either is withheld."""


class SourceView(View):
    """What one source says about a driver: the share of bad news, with its interval."""

    definition_id: str
    source: str
    """surveys, reviews, contacts (tags of contact notes) or operations (agents' own verdict that it was not resolved)."""
    bad: int | None
    n: int
    n_effective: float
    """Of surveys Kish's number of the answers whose probability of being asked is known; of the other sources n."""
    share: float | None
    interval: IntervalView | None
    weighted: EstimateView | None
    """Of surveys, by how likely each was asked; null for the other sources, and while too few probabilities are known."""
    usual: float | None
    """The share over all drivers of this source."""
    stands: str | None
    """worse, usual or better than this source's drivers in general (5 % two-sided)."""
    withheld: str | None
    change: ChangeView | None
    """Of the share against the comparison period; null while either is withheld."""


class TriangulationView(QuotedView):
    """Whether the sources agree about a driver. verdict: agree, partly, differ or one_source."""

    driver: str
    sources: list[SourceView]
    verdict: str
    sentence: str
