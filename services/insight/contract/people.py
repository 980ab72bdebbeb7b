"""Views of employees' pulses and of quality reviews."""

from datetime import datetime

from services.insight.contract.figures import ChangeView, IntervalView, PeriodView, ShareView
from services.kit.fields import View


class PulseView(View):
    """A pulse: its questions (1 to 5 each), by what it may be split, and the least number of sheets behind anything shown."""

    key: str
    title: str
    questions: dict[str, str]
    groups: dict[str, list[str]]
    minimum: int
    created_at: datetime
    version: int


class PulseScoreView(View):
    """One question in one group: the mean on the question's own scale, and the share of its two highest steps."""

    question: str
    mean: float
    favourable: float
    interval: IntervalView
    """Of the favourable share."""
    numerator: int
    n: int
    change: ChangeView | None
    """Of the favourable share against the comparison week; null when the group was not shown then."""


class PulseGroupView(View):
    """One group of a week that may be shown; `filter` is empty for everybody."""

    filter: dict[str, str]
    n: int
    scores: list[PulseScoreView]


class PulseReportView(View):
    """A week's results, chosen and frozen together when the week was over; `withheld` counts groups that would expose somebody."""

    definition_id: str
    """Of the favourable shares."""
    period: PeriodView
    """The week, Monday to Monday, UTC."""
    filters: dict[str, str]
    """The reader's own sites and vendors; empty for who sees all."""
    pulse: str
    week: str
    compared_with: str | None
    """The week it is compared with: as asked, else the last one before that was released; null when there is none."""
    minimum: int
    groups: list[PulseGroupView]
    withheld: int
    comments: list[str]
    """Only for everybody together, in no order; empty while the whole is too few."""
    sentence: str


class QualityFormView(View):
    """What reviewers look for; `lines` are the opportunities."""

    key: str
    version: int
    name: str
    lines: list[dict[str, str]]
    created_at: datetime


class AccuracyView(View):
    """Critical errors of one kind (customer, business or compliance) over reviewed contacts."""

    kind: str
    units: int
    units_with_error: int
    per_unit: float | None
    """1 - units with at least one error / units."""
    per_unit_interval: IntervalView | None
    opportunities: int
    errors: int
    per_opportunity: float | None
    per_opportunity_interval: IntervalView | None
    withheld: str | None
    per_unit_change: ChangeView | None
    per_opportunity_change: ChangeView | None
    """Against the comparison period; null while either is withheld."""


class CoachingView(View):
    """A line that goes wrong often; `lower` is the lower end of its error rate's interval, by which the list is sorted."""

    line: str
    name: str
    kind: str
    errors: int
    opportunities: int
    rate: float
    lower: float


class CalibrationView(View):
    """Two reviewers over the same contacts and lines."""

    first: str
    second: str
    n: int
    observed: float
    kappa: float
    interval: IntervalView


class QualityReportView(View):
    """Accuracy, what to coach, whether reviewers agree, and what an error does to satisfaction."""

    definitions: dict[str, str]
    """Field to the definition of what stands in it."""
    form: str
    period: PeriodView
    compared_with: PeriodView
    reviewed: int
    accuracy: list[AccuracyView]
    coaching: list[CoachingView]
    calibration: list[CalibrationView]
    csat_with_error: float | None
    csat_without_error: float | None
    after_error: ShareView
    after_no_error: ShareView
    """Satisfaction after contacts with and without a customer error, each with its own interval and number."""
    csat_difference: IntervalView | None
    """Share satisfied with minus without a customer error; null while either side has too few answers."""
    filters: dict[str, str]


class StepView(View):
    """One step of a process with what happens in it."""

    key: str
    name: str
    drivers: list[str]
    contacts: int
    amount: str
    waited_minutes: float | None
    """Mean wait for an agent; null while nobody told."""
    waits: int
    """Contacts whose wait is known."""
    waited_interval: IntervalView | None
    """Of the mean, normal; null under two waits."""
    contacts_before: int
    """In the comparison period."""
    contacts_change: IntervalView | None
    """The interval of the relative change of contacts a day (ratio of Poisson rates); null when either period saw none."""
    repeat_share: float | None
    """Share of contacts of known customers that were followed by another about the same driver within seven days."""
    repeats: ShareView
    """The same with its number and interval."""
    handle_minutes: float
    bottleneck: bool


class ProcessView(View):
    """A process with its steps in order; the bottleneck is the step whose contacts cost most."""

    definitions: dict[str, str]
    """Field of a step to the definition of what stands in it."""
    key: str
    name: str
    period: PeriodView
    compared_with: PeriodView
    currency: str | None
    steps: list[StepView]
    bottleneck: str | None
    mermaid: str
    """The same as a Mermaid flowchart."""
    sentence: str
    version: int
    filters: dict[str, str]
