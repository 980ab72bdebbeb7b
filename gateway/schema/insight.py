"""What insight knows: figures with their intervals, what drives contacts, and what was done about it."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema.nested import nested
from gateway.schema.relay import mapped, maybe
from services.insight import contract


@strawberry.type(description="From start up to, but without, end.")
class Period:
    """A period."""

    start: datetime = strawberry.field(description="First moment.")
    end: datetime = strawberry.field(description="First moment after it.")


@strawberry.type(description="Where the true value lies.")
class Interval:
    """A confidence interval."""

    low: float = strawberry.field(description="Lower end, in the unit of the value.")
    high: float = strawberry.field(description="Upper end, in the unit of the value.")
    method: str = strawberry.field(description="wilson, newcombe or normal.")
    level: float = strawberry.field(description="Confidence, such as 0.95.")


@strawberry.type(description="A value and how sure it is.")
class Estimate:
    """An estimate."""

    value: float = strawberry.field(description="The value.")
    interval: Interval = strawberry.field(description="Where the true value lies.")
    n: int = strawberry.field(description="Answers.")
    n_effective: float = strawberry.field(description="What they are worth of an even sample.")
    design_effect: float = strawberry.field(description="n / effective n.")

    @classmethod
    def of(cls, view: contract.EstimateView) -> "Estimate":
        """Build it from the view."""
        return mapped(cls, view, interval=mapped(Interval, view.interval))


@strawberry.type(description="A share of n.")
class Share:
    """A share with its interval."""

    definition_id: str = strawberry.field(description="Which definition, in which version.")
    numerator: int | None = strawberry.field(description="Null while withheld.")
    n: int = strawberry.field(description="Of how many.")
    value: float | None = strawberry.field(description="0 to 1; null while withheld.")
    interval: Interval | None = strawberry.field(description="Null while withheld.")
    withheld: str | None = strawberry.field(description="Why nothing is shown; null when it is.")
    small_sample: bool = strawberry.field(description="Whether n is too small to act on.")
    n_effective: float = strawberry.field(description="Of answers, what they are worth of an even sample; of what is counted wholly, n.")
    weighted: Estimate | None = strawberry.field(description="By how likely each was asked; null for what nobody was asked about.")


@strawberry.type(description="An amount of money.")
class Money:
    """Money."""

    amount: str = strawberry.field(description="Decimal text with two digits.")
    currency: str = strawberry.field(description="ISO 4217 code.")


@strawberry.type(description="How far a figure moved against the comparison period.")
class FigureChange:
    """A change."""

    difference: float = strawberry.field(description="Now minus then, in the figure's unit.")
    interval: Interval = strawberry.field(description="The interval of the difference.")
    before: float = strawberry.field(description="The value then.")

    @classmethod
    def of(cls, view: contract.ChangeView) -> "FigureChange":
        """Build it from the view."""
        return mapped(cls, view, interval=mapped(Interval, view.interval))


@strawberry.type(description="A figure with groups counted as often as they were asked.")
class WeightedFigure:
    """A weighted figure."""

    definition_id: str = strawberry.field(description="Which definition, in which version.")
    by: list[str] = strawberry.field(description="The attributes it is weighted by; none: as answered.")
    design: bool = strawberry.field(description="Whether each answer counts by 1/probability of being asked as well.")
    numerator: int | None = strawberry.field(description="Unweighted; of a net score promoters minus detractors. Null while withheld.")
    value: float | None = strawberry.field(description="In the figure's unit; null while withheld.")
    interval: Interval | None = strawberry.field(description="Its interval.")
    n: int = strawberry.field(description="Answers.")
    n_effective: float | None = strawberry.field(description="What they are worth of an even sample.")
    design_effect: float | None = strawberry.field(description="n / effective n.")
    withheld: str | None = strawberry.field(description="Why nothing is shown; null when it is.")

    @classmethod
    def of(cls, view: contract.WeightedFigureView) -> "WeightedFigure":
        """Build it from the view."""
        return mapped(cls, view, interval=maybe(lambda found: mapped(Interval, found), view.interval))


@strawberry.type(description="One figure over one slice.")
class Metric:
    """A metric."""

    definition_id: str = strawberry.field(description="Which definition, in which version.")
    name: str = strawberry.field(description="The figure's name.")
    formula: str = strawberry.field(description="How it is computed.")
    unit: str = strawberry.field(description="share (0 to 1) or points (-100 to 100).")
    numerator: int | None = strawberry.field(description="Null while withheld.")
    denominator: int = strawberry.field(description="Answers that count.")
    n: int = strawberry.field(description="Answers.")
    n_effective: float = strawberry.field(description="What they are worth of an even sample.")
    value: float | None = strawberry.field(description="The plain value; null while withheld.")
    interval: Interval | None = strawberry.field(description="Its interval; null while withheld.")
    raw: Estimate | None = strawberry.field(description="The plain estimate; null while withheld.")
    weighted: Estimate | None = strawberry.field(description="Weighted by how likely each was asked; null when too few are known.")
    non_response: WeightedFigure | None = strawberry.field(
        description="As if all channels and segments that were asked had answered alike, and by design; null for first-contact resolution."
    )
    mean: float | None = strawberry.field(description="The mean score; null while withheld.")
    parts: JSON | None = strawberry.field(description="Of a net score: how many are good, neutral and bad; null otherwise.")
    withheld: str | None = strawberry.field(description="Why nothing is shown; null when it is.")
    small_sample: bool = strawberry.field(description="Whether n is too small to act on.")
    flagged_left_out: int = strawberry.field(description="Answers that look like a scanner's and do not count.")
    without_probability: int = strawberry.field(description="Answers whose probability of being asked is unknown.")
    period: Period = strawberry.field(description="The period.")
    compared_with: Period = strawberry.field(description="The comparison period.")
    change: FigureChange | None = strawberry.field(description="Against the comparison period; null while either is withheld.")
    filters: JSON = strawberry.field(description="The slice.")

    @classmethod
    def of(cls, view: contract.MetricView) -> "Metric":
        """Build it from the view."""
        return mapped(
            cls,
            view,
            interval=maybe(lambda found: mapped(Interval, found), view.interval),
            raw=maybe(Estimate.of, view.raw),
            weighted=maybe(Estimate.of, view.weighted),
            non_response=maybe(WeightedFigure.of, view.non_response),
            period=mapped(Period, view.period),
            compared_with=mapped(Period, view.compared_with),
            change=maybe(FigureChange.of, view.change),
        )


@strawberry.type(description="What one driver does to customers, and what it costs.")
class Driver:
    """A driver with its figures."""

    driver: str | None = strawberry.field(description="Null for contacts whose cause nobody knows.")
    department: str | None = strawberry.field(description="The department that causes it; null while unknown.")
    contacts: int = strawberry.field(description="Contacts in the period.")
    handle_minutes: float = strawberry.field(description="Minutes of talk and wrap-up.")
    cost: Money | None = strawberry.field(description="Null while no contact of the driver has a price.")
    unpriced_contacts: int = strawberry.field(description="Contacts without a price.")
    contacts_before: int = strawberry.field(description="In the comparison period.")
    cost_before: Money | None = strawberry.field(description="In the comparison period; null without a price.")
    negative: Share = strawberry.field(description="Share of negative items among the feedback about it.")
    csat: Share = strawberry.field(description="Share of satisfied answers after its contacts.")
    follow_ups_open: int = strawberry.field(description="Open at this moment.")
    follow_ups_overdue: int = strawberry.field(description="Of those, past their due time.")
    definitions: JSON = strawberry.field(description="Field to the definition of what stands in it.")
    period: Period = strawberry.field(description="The period.")
    compared_with: Period = strawberry.field(description="The comparison period.")
    filters: JSON = strawberry.field(description="The slice.")

    @classmethod
    def of(cls, view: contract.DriverView) -> "Driver":
        """Build it from the view."""
        return nested(cls, view)


@strawberry.type(description="One stage of the cycle.")
class CycleStage:
    """A stage."""

    stage: str = strawberry.field(description="collect, categorise, own, act, practise or tell.")
    definition_id: str = strawberry.field(description="Which definition, in which version.")
    figure: str = strawberry.field(description="What is measured.")
    numerator: int = strawberry.field(description="How many.")
    n: int = strawberry.field(description="Of how many.")
    value: float | None = strawberry.field(description="0 to 1; null without data.")
    interval: Interval | None = strawberry.field(description="Null without data.")
    threshold: float = strawberry.field(description="Below this the stage is broken.")
    state: str = strawberry.field(description="healthy, broken or no_data.")
    sentence: str = strawberry.field(description="The state for a person to read.")
    since: datetime | None = strawberry.field(description="When it broke, as far as the daily looks saw it; null otherwise.")
    change: FigureChange | None = strawberry.field(description="Against the comparison period; null without data in either.")


@strawberry.type(description="Where the cycle of listening and acting is broken.")
class CycleHealth:
    """The health of the cycle."""

    period: Period = strawberry.field(description="The period.")
    compared_with: Period = strawberry.field(description="The comparison period.")
    stages: list[CycleStage] = strawberry.field(description="In the order of the cycle.")
    broken: list[str] = strawberry.field(description="The stages below their threshold.")
    sentence: str = strawberry.field(description="The whole in a sentence, and, of the whole house, for how long.")
    flagged_answers: int = strawberry.field(description="Responses that looked like a scanner's: left out of every figure.")
    opted_out: int = strawberry.field(description="Customers who asked not to be asked again; in a slice, those who had been asked there before.")
    filters: JSON = strawberry.field(description="The slice.")
    complete: bool = strawberry.field(description="False for a reader of some sites or vendors only.")

    @classmethod
    def of(cls, view: contract.CycleHealthView) -> "CycleHealth":
        """Build it from the view."""
        return nested(cls, view)


@strawberry.type(description="A customer was told what changed because they spoke.")
class Contribution:
    """A contribution."""

    initiative_id: UUID = strawberry.field(description="The initiative.")
    title: str = strawberry.field(description="What was changed.")
    channel: str = strawberry.field(description="How they were told.")
    language: str = strawberry.field(description="In which language.")
    message: str = strawberry.field(description="What they were told.")
    told_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: contract.ContributionView) -> "Contribution":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="You said, we did: one published change.")
class BoardEntry:
    """An entry of the public board."""

    initiative_id: UUID = strawberry.field(description="The initiative.")
    language: str = strawberry.field(description="The language of the message.")
    message: str = strawberry.field(description="What changed.")
    published_at: datetime = strawberry.field(description="When it was told.")
    contributors_told: int = strawberry.field(description="To how many.")

    @classmethod
    def of(cls, view: contract.BoardEntryView) -> "BoardEntry":
        """Build it from the view."""
        return mapped(cls, view)
