"""Places compared as if all had the same work."""

import strawberry
from strawberry.scalars import JSON

from gateway.schema.insight import FigureChange, Interval, Period

said = strawberry.field


@strawberry.type(description="A place against what its own mix of cases lets expect.")
class AdjustedPlace:
    """A place."""

    key: str = said(description="Its name; for agents their id.")
    good: int = said(description="Observed good answers.")
    n: int = said(description="Answers about kinds of case that another place has too.")
    set_aside: int = said(description="Answers about kinds of case that no other place has.")
    share: float = said(description="good / n.")
    expected: float = said(description="Good answers, had it done in each kind of case as well as the whole.")
    ratio: float = said(description="good / expected; 1 is as its mix lets expect.")
    interval: Interval | None = said(description="Of the ratio; null while nothing is expected.")
    adjusted_share: float = said(description="The common share times the ratio.")
    weight: float = said(description="How many answers of the common mix say as much.")
    z: float = said(description="Standard deviations from 1.")
    p: float = said(description="Probability of so much by chance.")
    adjusted_p: float = said(description="After false-discovery control.")
    low_95: float = said(name="low95", description="Lower 95 % limit of the ratio.")
    high_95: float = said(name="high95", description="Upper 95 % limit.")
    low_998: float = said(name="low998", description="Lower 99.8 % limit.")
    high_998: float = said(name="high998", description="Upper 99.8 % limit.")
    signal: str = said(description="out, look or inside.")
    change: FigureChange | None = said(description="Of the ratio against the comparison period; null when the place had too few answers then.")


@strawberry.type(description="Places as if all had the same work: observed / expected in a funnel around 1.")
class AdjustedFunnel:
    """An adjusted funnel."""

    definition_id: str = said(description="Which definition, in which version.")
    by: str = said(description="site, vendor, team or agent.")
    mix: list[str] = said(description="What cases are told apart by.")
    strata: int = said(description="Kinds of case that were compared.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    method: str = said(description="How it is computed.")
    centre: float | None = said(description="The share of all comparable answers; null when no case is seen at two places.")
    inflation: float = said(description="By how much limits were widened for over-dispersion (Laney).")
    p: float | None = said(description="Probability of so much difference by chance alone.")
    places: list[AdjustedPlace] = said(description="Those with 30 comparable answers and more.")
    too_few: list[str] = said(description="Those with fewer: named, not judged.")
