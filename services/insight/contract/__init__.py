"""What insight tells the others: what changed because customers spoke, what went wrong in the figures, and the figures' views."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.insight.contract.adjusted import AdjustedFunnelView, AdjustedPlaceView
from services.insight.contract.alerts import AlertView
from services.insight.contract.analysis import (
    FunnelView,
    ImportanceView,
    KeyDriversView,
    OverviewView,
    ParetoView,
    PlaceView,
    PointView,
    RepeatView,
    SeriesView,
    SourceView,
    TileView,
    TrendView,
    TriangulationView,
)
from services.insight.contract.figures import (
    ChangeView,
    ContributionView,
    CycleHealthView,
    DefinitionView,
    DriverView,
    EstimateView,
    IntervalView,
    MetricView,
    MoneyView,
    PeriodView,
    QuotedView,
    ShareView,
    StageView,
    StatementLineView,
    StatementView,
    WeightedFigureView,
)
from services.insight.contract.initiatives import (
    BoardEntryView,
    ControlledView,
    EffectView,
    InitiativeDetailView,
    InitiativeView,
    InterruptedView,
    LoopView,
    SideView,
    TargetView,
)
from services.insight.contract.kept import (
    BudgetView,
    CostRateView,
    DepartmentView,
    DrawnStepView,
    ProcessDrawn,
    ReviewView,
    SampleView,
)
from services.insight.contract.money import (
    AvoidedView,
    BusinessCaseView,
    ChargeBackView,
    ChargeView,
    DisputeDetailView,
    DisputeStepView,
    DisputeSummaryView,
    DisputeView,
    SavingsView,
)
from services.insight.contract.people import (
    AccuracyView,
    CalibrationView,
    CoachingView,
    ProcessView,
    PulseGroupView,
    PulseReportView,
    PulseScoreView,
    PulseView,
    QualityFormView,
    QualityReportView,
    StepView,
)
from services.insight.contract.pictures import ChartView, ExportColumnView, ExportView, TableView
from services.insight.contract.response import BiasView, FunnelStageView, NonResponseView, ResponseBiasView
from services.insight.contract.training import TrainingGapsView, TrainingGapView, TrainingNeedView
from services.kit.events import Event

__all__ = [
    "AccuracyView", "AdjustedFunnelView", "AdjustedPlaceView", "AlertRaised", "AlertView", "AvoidedView", "BiasView", "BoardEntryView",
    "BudgetView", "BusinessCaseView", "CalibrationView", "ChangeView", "ChargeBackView", "ChargeView", "ChartView", "CoachingView",
    "ContributionView", "ControlledView", "CostRateView", "CycleHealthView", "DefinitionView", "DepartmentView", "DisputeDetailView",
    "DisputeStepView", "DisputeSummaryView", "DisputeView", "DrawnStepView", "DriverView", "EffectView", "EstimateView", "ExportColumnView",
    "ExportView", "FunnelStageView", "FunnelView", "ImportanceView", "InitiativeDetailView", "InitiativePublished", "InitiativeView",
    "InterruptedView", "IntervalView", "KeyDriversView", "LoopView", "MetricView", "MoneyView", "NonResponseView", "OverviewView", "ParetoView",
    "PeriodView", "PlaceView", "PointView", "ProcessDrawn", "ProcessView", "PulseGroupView", "PulseReportView", "PulseScoreView", "PulseView",
    "QualityFormView", "QualityReportView", "QuotedView", "RepeatView", "ResponseBiasView", "ReviewView", "SampleView", "SavingsView",
    "SeriesView", "ShareView", "SideView", "SourceView", "StageView", "StatementLineView", "StatementView", "StepView", "SubjectErased",
    "TableView", "TargetView", "TileView", "TrainingGapView", "TrainingGapsView", "TrainingNeedFound", "TrainingNeedView", "TrendView",
    "TriangulationView", "WeightedFigureView",
]  # fmt: skip


class InitiativePublished(Event):
    """You said, we did: one change, told in each language, to everybody who spoke about `driver` since `since`."""

    subject: ClassVar[str] = "insight.initiative_published.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("initiative_id",)

    initiative_id: UUID
    title: str
    driver: str
    department: str | None
    messages: dict[str, str]
    """BCP 47 language to the sentence for the customer; `en` is always there."""
    since: datetime
    published_at: datetime


class AlertRaised(Event):
    """A figure left its baseline."""

    subject: ClassVar[str] = "insight.alert_raised.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("alert_id",)

    alert_id: UUID
    figure: str
    sentence: str
    raised_at: datetime


class TrainingNeedFound(Event):
    """A team resolves a topic less often than all others do, and chance is no explanation.

    `effect` is the difference in resolution (share, below 0), `low` and `high` its 95 % interval, `n` the team's answers.
    """

    subject: ClassVar[str] = "insight.training_need_found.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("need_id",)

    need_id: UUID
    topic: str
    team: str
    effect: float
    low: float
    high: float
    n: int
    found_at: datetime


class SubjectErased(Event):
    """Everything here that named, quoted or described this customer is gone; counts stayed."""

    subject: ClassVar[str] = "insight.subject_erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int
    """How many rows were blanked or deleted."""
