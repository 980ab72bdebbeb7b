"""Views of what teams should learn."""

from datetime import datetime
from uuid import UUID

from services.insight.contract.figures import ChangeView, IntervalView, PeriodView
from services.kit.fields import View


class TrainingNeedView(View):
    """A topic that a team resolves less often than all others do."""

    id: UUID
    definition_id: str
    period: PeriodView
    """The 90 days that the last look judged."""
    filters: dict[str, str]
    """Empty: looks are at the whole house."""
    method: str
    """Of the interval."""
    topic: str
    team: str
    effect: float
    low: float
    high: float
    n: int
    rest: int
    state: str
    found_at: datetime
    looked_at: datetime
    evidence: list[UUID]
    """The newest contacts of the team about the topic whose customers said that it was not, or only partly, resolved; at most ten."""


class TrainingGapView(View):
    """One team against all others on one topic; `found` when it is surely worse, over all pairs that were compared."""

    topic: str
    team: str
    numerator: int
    n: int
    value: float
    """Share resolved by the team."""
    rest: int
    """Answers of all others."""
    effect: float
    """The team's share minus that of all others."""
    interval: IntervalView
    """Of the effect (Newcombe)."""
    adjusted_p: float
    found: bool
    change: ChangeView | None
    """Of the team's share against the comparison period; null when nobody answered then."""
    evidence: list[UUID]
    """The newest contacts whose customers said that it was not, or only partly, resolved; at most ten."""


class TrainingGapsView(View):
    """Topics by team over any period and part of the house; what surely needs training first."""

    definition_id: str
    period: PeriodView
    compared_with: PeriodView
    filters: dict[str, str]
    complete: bool
    """False when the reader may see some sites or vendors only: all others are then those that the reader may see."""
    false_discoveries: float
    """The share of found gaps that may be chance (Benjamini and Hochberg)."""
    minimum: int
    """Answers that the team and all others need."""
    gaps: list[TrainingGapView]
    too_few: int
    """Topics of teams with too few answers: counted, not judged."""
