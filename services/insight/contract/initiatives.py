"""Views of initiatives: who does what, whether it helped, and what customers were told."""

from datetime import datetime
from uuid import UUID

from services.insight.contract.figures import EstimateView, IntervalView, PeriodView
from services.kit.fields import View


class SideView(View):
    """The metric on one side of the change."""

    period: PeriodView
    numerator: int | None
    """Of a net score promoters minus detractors; null while withheld."""
    n: int
    n_effective: float
    value: float | None
    interval: IntervalView | None
    weighted: EstimateView | None
    """By how likely each was asked; null while too few probabilities are known."""
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
    filters: dict[str, str]
    """Where the change is made."""
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
