"""Who answered, of those who were asked, and figures weighted for it."""

import strawberry
from strawberry.scalars import JSON

from gateway.schema.insight import FigureChange, Interval, Period, WeightedFigure

said = strawberry.field


@strawberry.type(description="One group among those who were asked and those who answered.")
class AskedGroup:
    """A group."""

    attribute: str = said(description="By what the group is told apart.")
    group: str = said(description="The group.")
    asked: int = said(description="Asked.")
    answered: int = said(description="Answered.")
    rate: float | None = said(description="Answered of asked.")
    standardised_difference: float | None = said(description="Among respondents against among the asked; beyond 0.1 is worth a look.")


@strawberry.type(description="One figure as it was answered, and with all the weights that can be given to who answered.")
class NonResponse:
    """A figure with its weights."""

    definition_id: str = said(description="Which definition, in which version.")
    name: str = said(description="The figure's name.")
    unit: str = said(description="share or points.")
    weighted: list[WeightedFigure] = said(description="As answered first; then by groups, by design, and by both.")


@strawberry.type(description="One step from who could have been asked to who answered.")
class FunnelStage:
    """A step."""

    stage: str = said(description="eligible, suppressed, asked, delivered, undeliverable, answered, flagged or opted_out.")
    definition_id: str = said(description="Which definition, in which version.")
    n: int = said(description="How many.")
    of: str | None = said(description="The step that the share is of; null where it is of none.")
    share: float | None = said(description="0 to 1; null where it is of no step, and while that step is empty.")
    interval: Interval | None = said(description="Of the share.")
    n_before: int = said(description="In the comparison period.")
    change: FigureChange | None = said(description="Of the share against the comparison period.")


@strawberry.type(description="Who answered, of those who were asked.")
class ResponseBias:
    """Response and its bias."""

    definition_id: str = said(description="Of the response rate.")
    filters: JSON = said(description="The slice.")
    period: Period = said(description="The period.")
    compared_with: Period = said(description="The comparison period.")
    change: FigureChange | None = said(description="Of the rate against the comparison period; null while either is withheld.")
    asked: int = said(description="Asked.")
    answered: int = said(description="Answered.")
    value: float | None = said(description="The response rate; null while withheld.")
    rate: Interval | None = said(description="Its interval.")
    groups: list[AskedGroup] = said(description="By attribute.")
    p: JSON = said(description="Attribute to the probability that its groups answer alike.")
    r_indicator: JSON = said(description="Attribute to 1 - 2 SD of response rates.")
    adjusted: JSON = said(description="Satisfaction plain, and weighted by each attribute.")
    funnel: list[FunnelStage] = said(description="From who could have been asked to who answered.")
    suppressed: JSON = said(description="Why asks were held back: reason to how many.")
    figures: list[NonResponse] = said(description="Satisfaction, net promoter score, effort and resolution: raw beside weighted.")
    weighted: list[WeightedFigure] = said(description="The same with intervals, and raked to channel and segment together.")
