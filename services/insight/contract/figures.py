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


class ShareView(View):
    """`numerator` of `n`. Value, numerator and interval are null while withheld, and `withheld` says why."""

    numerator: int | None
    n: int
    value: float | None
    interval: IntervalView | None
    withheld: str | None
    small_sample: bool


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


class DriverView(View):
    """What one driver does to customers and costs; `driver` is null for contacts whose cause nobody knows."""

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

    department: str
    name: str
    period: PeriodView
    currency: str | None
    contacts: int
    handle_seconds: str
    minutes: str
    amount: str
    unpriced_contacts: int
    complete: bool
    """False when the reader may see some sites or vendors only."""
    lines: list[StatementLineView]
    next_cursor: str | None


class SideView(View):
    """The metric on one side of the change."""

    period: PeriodView
    n: int
    value: float | None
    interval: IntervalView | None
    withheld: str | None


class ControlledView(View):
    """How much more the figure moved than its control did: what both have in common falls out (HAC errors, 95 % interval)."""

    difference: float
    interval: IntervalView
    control: dict[str, str]
    days_per_point: int
    points_before: int
    points_after: int
    verdict: str


class InterruptedView(View):
    """A segmented regression of the figure's own course: the jump at the start, and how its slope differs afterwards."""

    jump: float
    jump_interval: IntervalView
    slope_change: float
    """Per week."""
    slope_interval: IntervalView
    days_per_point: int
    points_before: int
    points_after: int


class LoopView(View):
    """The inner loop that hangs on an initiative: follow-ups about its driver, and those that it names as evidence."""

    opened_before: int
    """Follow-ups about the driver in the baseline."""
    opened_after: int
    """Since the start."""
    open_now: int
    overdue_now: int
    evidence: list[UUID]
    """Follow-ups and feedback items that it answers, as planned."""


class EffectView(View):
    """Did it help? `verdict`: proven, not_proven, harmful or too_early. Difference is after minus before."""

    definition_id: str
    before: SideView
    after: SideView | None
    """Null before the start."""
    difference: float | None
    interval: IntervalView | None
    verdict: str
    reason: str
    target: float
    target_reached: bool | None
    final: bool
    """True from the due date on, when the window after the change no longer grows."""
    method: str
    """What the verdict rests on: difference_in_differences where there is a control with enough points, else before_after."""
    controlled: ControlledView | None
    """Null without a control, and while a side has under four points."""
    interrupted: InterruptedView | None
    """Null while a side has under four points."""


class TargetView(View):
    """The figure that an initiative should move, and to what."""

    metric: str
    value: float


class InitiativeView(View):
    """A change that removes a cause, with exactly one accountable person."""

    id: UUID
    title: str
    driver: str
    department: str | None
    responsible: str
    accountable: str
    supports: list[str]
    informed: list[str]
    consulted: list[str]
    target: TargetView
    baseline_from: datetime
    baseline_to: datetime
    due: datetime
    messages: dict[str, str]
    state: str
    """planned, started or published."""
    created_at: datetime
    started_at: datetime | None
    published_at: datetime | None
    evidence: list[UUID] | None
    """Follow-ups and feedback items that it answers."""
    control: dict[str, dict[str, str | None]] | None
    """`where` the change is made, and `against` what it is compared."""
    version: int


class InitiativeDetailView(InitiativeView):
    """An initiative with its effect so far and how many contributors were told."""

    effect: EffectView
    loop: LoopView
    contributors_told: int


class BoardEntryView(View):
    """You said, we did: one published change, in the language asked for or in English."""

    initiative_id: UUID
    language: str
    message: str
    published_at: datetime
    contributors_told: int


class StageView(View):
    """One stage of the cycle; state is healthy, broken or no_data."""

    stage: str
    figure: str
    numerator: int
    n: int
    value: float | None
    interval: IntervalView | None
    threshold: float
    state: str
    sentence: str


class CycleHealthView(View):
    """Collect, categorise, own, act, practise, tell; `broken` names the stages below their threshold."""

    period: PeriodView
    stages: list[StageView]
    broken: list[str]
    sentence: str
    """Names what is broken, and for how long."""
    flagged_answers: int
    """Responses that looked like a scanner's: left out of every figure."""
    opted_out: int
    """Customers who asked not to be asked again."""


class ContributionView(View):
    """A customer was told what changed because they spoke."""

    initiative_id: UUID
    title: str
    channel: str
    language: str
    message: str
    told_at: datetime
