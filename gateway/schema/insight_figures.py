"""The overview and what lies behind its figures: places, trends, key drivers, repeats, sources side by side, who answered."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from gateway.schema.insight import Estimate, FigureChange, Interval, Metric, Money, Period, WeightedFigure

said = strawberry.field


@strawberry.type(description="What a figure means; a changed meaning is a new version.")
class MetricDefinition:
    """A definition."""

    definition_id: str = said(description="Name and version, such as csat@1.")
    key: str = said(description="The figure's key.")
    version: int = said(description="Grows when the meaning changes.")
    name: str = said(description="The figure's name.")
    formula: str = said(description="How it is computed.")
    unit: str = said(description="share, points, count, money, days or ratio.")
    higher_is_better: bool = said(description="Whether more is better.")


@strawberry.type(description="One figure of the overview.")
class OverviewFigure:
    """A tile."""

    key: str = said(description="The figure's key.")
    name: str = said(description="The figure's name.")
    definition_id: str = said(description="Which definition, in which version.")
    unit: str = said(description="share, points, count or money.")
    higher_is_better: bool = said(description="Whether more is better.")
    value: float | None = said(description="Null while withheld.")
    interval: Interval | None = said(description="Null while withheld, and for figures that are counted.")
    weighted: float | None = said(description="Weighted by how likely each was asked; null when too few are known.")
    numerator: int | None = said(description="Null while withheld, and for figures that are counted.")
    n: int = said(description="Answers, or what was counted.")
    n_effective: float = said(description="What the answers are worth of an even sample.")
    withheld: str | None = said(description="Why nothing is shown; null when it is.")
    change: FigureChange | None = said(description="Against the comparison period; null where nothing can be said.")
    before: float | None = said(description="The value in the comparison period.")


@strawberry.type(description="One point of a series.")
class SeriesPoint:
    """A point."""

    start: datetime = said(description="The first moment of the point's days.")
    value: float = said(description="The value.")
    numerator: int | None = said(description="Null for what is counted: then it is the value itself.")
    n: int = said(description="How much stands behind it.")
    interval: Interval | None = said(description="Null for what is counted.")


@strawberry.type(description="A figure over time; points without anything behind them are left out.")
class Series:
    """A series."""

    key: str = said(description="The figure's key.")
    name: str = said(description="The figure's name.")
    definition_id: str = said(description="Which definition, in which version.")
    unit: str = said(description="share, count or money.")
    days_per_point: int = said(description="Days that a point covers.")
    points: list[SeriesPoint] = said(description="In the order of time.")


@strawberry.type(description="A driver in the order of cost.")
class ParetoDriver:
    """A bar of the Pareto chart."""

    driver: str | None = said(description="Null for contacts whose cause nobody knows.")
    department: str | None = said(description="Who causes it; null while unknown.")
    contacts: int = said(description="Contacts in the period.")
    cost: Money | None = said(description="Null while nothing has a price.")
    cumulative_share: float = said(description="Of it and all dearer ones together.")


@strawberry.type(description="A site, vendor or team against the whole.")
class Place:
    """A place in a funnel."""

    key: str = said(description="The place.")
    good: int = said(description="The numerator.")
    n: int = said(description="Answers.")
    n_effective: float = said(description="What they are worth of an even sample.")
    share: float = said(description="0 to 1.")
    interval: Interval = said(description="Of the share.")
    weighted: Estimate | None = said(description="By how likely each was asked; null while too few are known. The signal is of the plain share.")
    non_response: WeightedFigure | None = said(description="As if all channels and segments asked there had answered alike; null in the overview.")
    z: float = said(description="Standard deviations from the common share.")
    p: float = said(description="Probability of so much by chance.")
    adjusted_p: float = said(description="Probability after control of false discoveries.")
    low_95: float = said(description="Lower 95 % limit for so many answers.")
    high_95: float = said(description="Upper 95 % limit.")
    low_998: float = said(description="Lower 99.8 % limit.")
    high_998: float = said(description="Upper 99.8 % limit.")
    signal: str = said(description="out, look or inside.")
    change: FigureChange | None = said(description="Of its share against the comparison period; null when it had no answers then.")


@strawberry.type(description="Places around their common share: no league table.")
class Funnel:
    """A funnel."""

    definition_id: str = said(description="Which definition, in which version.")
    by: str = said(description="site, vendor or team.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    method: str = said(description="How limits are worked out.")
    centre: float | None = said(description="The common share; null without places.")
    inflation: float = said(description="By how much limits were widened for over-dispersion (Laney).")
    p: float | None = said(description="Probability of so much difference by chance alone.")
    places: list[Place] = said(description="Those with 30 answers and more.")
    too_few: list[str] = said(description="Those with fewer: named, not judged.")


@strawberry.type(description="The overview: figures beside those of the comparison period, series, Pareto, funnel.")
class Overview:
    """The overview."""

    definitions: JSON = said(description="Field of the Pareto rows to the definition of what stands in it.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    currency: str | None = said(description="ISO 4217 code of all money; null while there is no rate.")
    figures: list[OverviewFigure] = said(description="Eight figures.")
    series: list[Series] = said(description="Four series.")
    pareto: list[ParetoDriver] = said(description="The dearest drivers.")
    funnel: Funnel = said(description="Sites by satisfaction.")


@strawberry.type(description="Whether a figure changed within the period, and when.")
class Trend:
    """A trend."""

    definition_id: str = said(description="Which definition, in which version.")
    figure: Metric = said(description="The whole period as one figure: interval, effective n, plain beside weighted, withheld.")
    filters: JSON = said(description="The slice.")
    numerator: int = said(description="Good answers of the whole series.")
    n: int = said(description="Answers of the whole series.")
    method: str = said(description="How a change is looked for.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    change: FigureChange | None = said(description="Of the whole period's share; null when either had no answers.")
    points: list[SeriesPoint] = said(description="Day by day.")
    changed_at: datetime | None = said(description="The likeliest moment of a change; null when the series is too short.")
    before: float | None = said(description="The value before it.")
    after: float | None = said(description="The value after it.")
    p: float | None = said(description="Probability of so large a change by chance alone.")
    false_alarm_rate: float = said(description="How often this is said of a period without any change.")
    alarms: bool = said(description="Whether it is said here.")
    sentence: str = said(description="The same for a person to read.")


@strawberry.type(description="How much of what satisfaction differs by is carried by a driver.")
class KeyDriver:
    """A key driver."""

    driver: str = said(description="The driver.")
    answers: int = said(description="Answers about it.")
    lmg: float = said(description="Share of R² by Shapley.")
    low: float = said(description="Lower end of its 95 % interval.")
    high: float = said(description="Upper end of its 95 % interval.")
    johnson: float = said(description="Share of R² by Johnson's weights.")
    inflation: float = said(description="Variance inflation; above 5 it can hardly be told from others.")
    odds: float | None = said(description="Odds ratio of a better answer with it; null when not estimable.")
    odds_low: float | None = said(description="Lower end of its 95 % interval.")
    odds_high: float | None = said(description="Upper end of its 95 % interval.")
    satisfied: float = said(description="Share satisfied among its answers.")
    priority: float = said(description="Shapley share x (1 - satisfied).")
    change: FigureChange | None = said(description="Of the share satisfied against the comparison period; null when nobody answered then.")


@strawberry.type(description="What moves satisfaction, most urgent first.")
class KeyDrivers:
    """Key drivers."""

    definition_id: str = said(description="Which definition, in which version.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    n: int = said(description="Answers.")
    method: str = said(description="How weights and their intervals are worked out.")
    seed: int = said(description="Of the bootstrap: the same seed gives the same intervals.")
    r_squared: float | None = said(description="How much the drivers explain together; null while withheld.")
    drivers: list[KeyDriver] = said(description="By priority.")
    withheld: str | None = said(description="Why nothing is shown; null when it is.")


@strawberry.type(description="How many customers come back about the same thing.")
class Repeats:
    """Repeat rate."""

    definition_id: str = said(description="Which definition, in which version.")
    filters: JSON = said(description="The slice.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    change: FigureChange | None = said(description="Of the rate against the comparison period; null while either is withheld.")
    window_days: int = said(description="How long after a contact another one counts.")
    value: float | None = said(description="Null while withheld.")
    interval: Interval | None = said(description="Null while withheld.")
    n: int = said(description="Contacts of known customers.")
    repeats: int = said(description="Of them followed by another.")
    seen_whole: int = said(description="Contacts old enough to be sure of.")
    withheld: str | None = said(description="Why nothing is shown; null when it is.")
    first_contact_resolution: float | None = said(description="Resolved as the customer says, and nobody came back; null when too few.")
    first_contact_n: int = said(description="Answers behind it.")
    first_contact: Metric = said(description="The same as a whole figure: interval, effective n, plain beside weighted, change.")
    agreement: float | None = said(description="Cohen's kappa between what customers say and what they do.")


@strawberry.type(description="What one source says about a driver.")
class SourceSays:
    """A source."""

    definition_id: str = said(description="What is counted; of satisfaction the share that is not satisfied.")
    source: str = said(description="surveys, reviews, contacts or operations.")
    bad: int | None = said(description="Bad news; null while withheld.")
    n: int = said(description="Of how many.")
    n_effective: float = said(description="Of surveys, what the answers are worth of an even sample; else n.")
    share: float | None = said(description="0 to 1; null while withheld.")
    interval: Interval | None = said(description="Null while withheld.")
    weighted: Estimate | None = said(description="Of surveys, by how likely each was asked; null for the other sources.")
    usual: float | None = said(description="The share over all drivers of this source.")
    stands: str | None = said(description="worse, usual or better; null while nothing can be said.")
    withheld: str | None = said(description="Why nothing is shown; null when it is.")
    change: FigureChange | None = said(description="Against the comparison period; null while either is withheld.")


@strawberry.type(description="Whether the sources agree about a driver.")
class Triangulation:
    """Sources side by side."""

    driver: str = said(description="The driver.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    filters: JSON = said(description="The slice.")
    sources: list[SourceSays] = said(description="Each source.")
    verdict: str = said(description="agree, partly, differ or one_source.")
    sentence: str = said(description="The verdict for a person to read.")
