"""Views of places that are compared as if all had the same work."""

from services.insight.contract.figures import ChangeView, IntervalView, PeriodView
from services.kit.fields import View


class AdjustedPlaceView(View):
    """A place against what its own mix of cases lets expect; `ratio` is good / expected, around 1, and its limits are those of the ratio."""

    key: str
    good: int
    n: int
    """Answers that can be compared: about kinds of case that another place has too."""
    set_aside: int
    """Answers about kinds of case that no other place has."""
    share: float
    expected: float
    ratio: float
    interval: IntervalView | None
    """Of the ratio; null while nothing is expected."""
    adjusted_share: float
    """The common share times the ratio."""
    weight: float
    """How many answers of the whole's mix say as much."""
    z: float
    p: float
    adjusted_p: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float
    signal: str
    change: ChangeView | None
    """Of the ratio against the comparison period; null when the place had under 30 comparable answers then."""


class AdjustedFunnelView(View):
    """Places compared as if all had the same work (indirect standardisation): observed / expected in a funnel around 1."""

    definition_id: str
    by: str
    mix: list[str]
    """What the cases are told apart by."""
    strata: int
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    method: str
    centre: float | None
    """The share of all comparable answers; null when no case is seen at two places."""
    inflation: float
    p: float | None
    """Probability of so much difference by chance alone."""
    places: list[AdjustedPlaceView]
    too_few: list[str]
    """Places with under 30 comparable answers: they count in the whole and are named, not judged."""
