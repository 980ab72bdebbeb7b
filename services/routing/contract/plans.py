"""What routing shows of plans: shifts, adherence, and planned against needed agents."""

from datetime import datetime

from pydantic import JsonValue

from services.kit.fields import View


class ShiftView(View):
    """A planned shift as it was said: `weekly` or `dated`; `time_zone` None means the agent's."""

    agent: str
    key: str
    version: int
    weekly: dict[str, JsonValue] | None
    dated: dict[str, JsonValue] | None
    time_zone: str | None
    changed_at: datetime


class AdherenceView(View):
    """Planned against actual, in seconds, from the later of `begins_at` as asked and the first moment that is known of."""

    agent: str
    begins_at: datetime
    ends_at: datetime
    planned_work_s: float
    worked_s: float
    """Of the planned work: available or in training."""
    planned_break_s: float
    rested_s: float
    """Of the planned breaks."""
    unplanned_s: float
    """At work outside of any shift."""
    share: float | None
    """(worked + rested) / (planned work + planned breaks); None where nothing was planned."""


class PlannedInterval(View):
    """One interval of a staffing plan."""

    begins_at: datetime
    ends_at: datetime
    arrivals_expected: float
    agents_needed: int
    agents_planned: float
    """Planned work with the queue's skills, over the length of the interval; agents without a plan do not count."""
    gap: float
    """planned - needed; negative where people are missing."""
    expected_service_level: float
    """With as many as are planned, in the long run."""


class StaffingPlanView(View):
    """Planned against needed agents (Erlang-A). What is expected is the mean of the same local hours in the last `weeks` weeks."""

    queue: str
    as_of: datetime
    weeks: int
    """0: the queue is too young to expect anything."""
    handle_seconds: float
    patience_seconds: float
    sla_share: float
    sla_seconds: int
    intervals: list[PlannedInterval]
