"""Views of who answered, of those who were asked, and of figures weighted for it."""

from services.insight.contract.figures import ChangeView, IntervalView, PeriodView, WeightedFigureView
from services.kit.fields import View


class BiasView(View):
    """One group among those who were asked and those who answered."""

    attribute: str
    group: str
    asked: int
    answered: int
    rate: float | None
    standardised_difference: float | None
    """Share among respondents minus share among the asked, in standard deviations; beyond 0.1 is worth a look."""


class NonResponseView(View):
    """One figure as it was answered (the first of `weighted`), and with all the weights that can be given to who answered."""

    definition_id: str
    name: str
    unit: str
    weighted: list[WeightedFigureView]


class FunnelStageView(View):
    """One step from who could have been asked to who answered; `share` and its interval are of the step that `of` names."""

    stage: str
    """eligible, suppressed, asked, delivered, undeliverable, answered, flagged or opted_out."""
    definition_id: str
    n: int
    of: str | None
    """The step that the share is of; null for the first step and for what is no share of a step."""
    share: float | None
    interval: IntervalView | None
    n_before: int
    """In the comparison period."""
    change: ChangeView | None
    """Of the share against the comparison period; null while either is unknown."""


class ResponseBiasView(View):
    """Who answered, of those who were asked; `r_indicator` is 1 when all groups answer alike."""

    period: PeriodView
    asked: int
    answered: int
    rate: IntervalView | None
    value: float | None
    groups: list[BiasView]
    p: dict[str, float]
    """Attribute to the probability that its groups answer alike (chi-squared)."""
    r_indicator: dict[str, float]
    adjusted: dict[str, float | None]
    """Satisfaction: plain, and weighted so that each attribute's groups count as often as they were asked."""
    weighted: list[WeightedFigureView]
    """The same with intervals and effective n, and raked to channel and segment together."""
    funnel: list[FunnelStageView]
    """From who could have been asked, by way of what rules held back and what was delivered, to who answered."""
    suppressed: dict[str, int]
    """Why asks were held back: the rule's reason to how many, most frequent first."""
    figures: list[NonResponseView]
    """Satisfaction, net promoter score, effort and resolution: raw beside weighted, by non-response, by design, and by both."""
    definition_id: str
    filters: dict[str, str]
    compared_with: PeriodView
    change: ChangeView | None
    """Of the response rate against the comparison period; null while either is unknown."""
