"""What a figure, a statement, an initiative and the cycle look like from outside."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View


class PeriodView(View):
    """From `start` up to, but without, `end`."""

    start: datetime
    end: datetime


class IntervalView(View):
    """Where the true value lies at `level` confidence, in the unit of the value; method is wilson, newcombe or normal."""

    low: float
    high: float
    method: str
    level: float


class QuotedView(View):
    """What an answer with figures says of all of them: which time they are of, what it is compared with, and which part of the house."""

    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]


class ChangeView(View):
    """How far a figure moved against the comparison period; the interval is of the difference."""

    difference: float
    interval: IntervalView
    before: float


class EstimateView(View):
    """A value from `n` answers that are worth `n_effective` of an even sample (Kish)."""

    value: float
    interval: IntervalView
    n: int
    n_effective: float
    design_effect: float
    """n / effective n."""


class ShareView(View):
    """`numerator` of `n`. Value, numerator and interval are null while withheld, and `withheld` says why."""

    definition_id: str

    numerator: int | None
    n: int
    value: float | None
    interval: IntervalView | None
    withheld: str | None
    small_sample: bool
    n_effective: float
    """Of answers Kish's number of those whose probability of being asked is known; of what is counted wholly, n."""
    weighted: EstimateView | None
    """By how likely each was asked; null for what nobody was asked about, and while too few probabilities are known."""


class MoneyView(View):
    """An amount as decimal text with two digits, and its ISO 4217 currency."""

    amount: str
    currency: str


class DefinitionView(View):
    """What a figure means; a changed meaning is a new version."""

    definition_id: str
    key: str
    version: int
    name: str
    formula: str
    unit: str
    """share (0 to 1) or points (-100 to 100)."""
    higher_is_better: bool


class WeightedFigureView(View):
    """A figure with the groups of `by` counted as often as they were asked; empty: as answered. Two attributes are raked to both."""

    definition_id: str
    by: list[str]
    design: bool
    """Whether each answer counts by 1/probability of being asked as well, and groups by those weights."""
    numerator: int | None
    """Unweighted; of a net score promoters minus detractors."""
    value: float | None
    interval: IntervalView | None
    n: int
    n_effective: float | None
    """What the answers are worth of an even sample (Kish)."""
    design_effect: float | None
    withheld: str | None


class MetricView(View):
    """One figure over one slice; `value` and `interval` are the plain ones, `weighted` stands beside them."""

    definition_id: str
    name: str
    formula: str
    unit: str
    numerator: int | None
    denominator: int
    n: int
    n_effective: float
    """Kish's effective number of the answers whose probability of being asked is known."""
    value: float | None
    interval: IntervalView | None
    raw: EstimateView | None
    weighted: EstimateView | None
    """Hájek mean with weights 1/probability; null when too few answers have a known probability."""
    non_response: WeightedFigureView | None
    """As if everybody who was asked in the period had answered as their channel and segment did: raked to both, and by design as well.

    Null for first-contact resolution, which is worked out from more than answers, and where nobody asked for it.
    """
    mean: float | None
    parts: dict[str, int] | None
    """good, other, bad: for a net score promoters, passives, detractors."""
    withheld: str | None
    small_sample: bool
    flagged_left_out: int
    without_probability: int
    period: PeriodView
    compared_with: PeriodView
    change: ChangeView | None
    """Against the comparison period; null when either side is withheld."""
    filters: dict[str, str]


class DriverView(QuotedView):
    """What one driver does to customers and costs; `driver` is null for contacts whose cause nobody knows."""

    definitions: dict[str, str]
    """Field to the definition of what stands in it."""

    driver: str | None
    department: str | None
    contacts: int
    handle_minutes: float
    cost: MoneyView | None
    """Null while no contact of the driver has a price."""
    unpriced_contacts: int
    contacts_before: int
    """In the comparison period."""
    cost_before: MoneyView | None
    negative: ShareView
    """Share of negative items among the categorised feedback about the driver."""
    csat: ShareView
    follow_ups_open: int
    """Open at this moment, whatever the period."""
    follow_ups_overdue: int


class StatementLineView(View):
    """One contact: `amount` is handle_seconds x per_hour / 3600, rounded half to even to cents; null without a rate."""

    contact_id: UUID
    external_id: str | None
    ended_at: datetime
    channel: str
    driver: str | None
    site: str | None
    vendor: str | None
    handle_seconds: str
    minutes: str
    rate_id: UUID | None
    per_hour: str | None
    amount: str | None
    feedback_items: list[UUID]
    """What the customer said about the contact: feedback shows the masked texts under these ids."""
    dispute_id: UUID | None
    """The open or last dispute about the contact."""
    dispute_state: str | None


class StatementView(View):
    """What a department is charged for the contacts that it caused; the total is the sum of all lines' amounts."""

    definitions: dict[str, str]
    """Field to the definition of what stands in it."""
    department: str
    name: str
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    currency: str | None
    contacts: int
    handle_seconds: str
    minutes: str
    amount: str
    contacts_before: int
    amount_before: str
    """In the comparison period, over the same slice."""
    contacts_change: IntervalView | None
    """The interval of the relative change of contacts a day (ratio of Poisson rates); null when either period saw none."""
    unpriced_contacts: int
    complete: bool
    """False when the reader may see some sites or vendors only."""
    lines: list[StatementLineView]
    next_cursor: str | None


class StageView(View):
    """One stage of the cycle; state is healthy, broken or no_data."""

    stage: str
    definition_id: str
    figure: str
    numerator: int
    n: int
    value: float | None
    interval: IntervalView | None
    threshold: float
    state: str
    sentence: str
    since: datetime | None
    """When it broke, as far as the daily looks saw it; null while it is not broken, or nobody has looked yet."""
    change: ChangeView | None
    """Of the share against the comparison period; null while there is no data in either."""


class CycleHealthView(View):
    """Collect, categorise, own, act, practise, tell; `broken` names the stages below their threshold."""

    period: PeriodView
    compared_with: PeriodView
    stages: list[StageView]
    broken: list[str]
    sentence: str
    """Names what is broken, and, for the whole house, for how long."""
    flagged_answers: int
    """Responses that looked like a scanner's: left out of every figure."""
    opted_out: int
    """Customers who asked not to be asked again; in a part of the house, those who had been asked there before."""
    filters: dict[str, str]
    complete: bool
    """False when the reader may see some sites or vendors only."""


class ContributionView(View):
    """A customer was told what changed because they spoke."""

    initiative_id: UUID
    title: str
    channel: str
    language: str
    message: str
    told_at: datetime
