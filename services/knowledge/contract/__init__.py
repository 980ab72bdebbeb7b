"""What knowledge tells the others: what is written down, what was reused, where self-service failed; and what they see of it."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.customers.contract import IdentityKey
from services.kit.events import Event
from services.knowledge.contract.articles import ArticleUseView, ArticleVersionView, ArticleView, FlagView, ImportFault, ImportView, LinkView
from services.knowledge.contract.guides import GuideView, OptionView, PageView, PeerAnswerView, RunView, WaitingAnswerView
from services.knowledge.contract.measures import (
    Ages,
    DeflectionView,
    DifferenceView,
    DriverGap,
    GuideStatistics,
    MeasuresView,
    NodeStatistics,
    ProcessFlow,
    ProcessMapView,
    RankedGap,
    ShareView,
    StandardView,
    StepFlow,
)
from services.knowledge.contract.searches import (
    CaseSuggestions,
    Correction,
    FoundArticle,
    GapView,
    HelpArticleView,
    HelpSearchView,
    HelpSessionView,
    MixingView,
    SearchView,
    TermScore,
)
from services.knowledge.contract.training import AssignmentView, HoursView, LedgerLineView, ModuleView, NeedView, TrainingEffectView

__all__ = [
    "Ages",
    "ArticleChanged",
    "ArticleLinked",
    "ArticleUseView",
    "ArticleVersionView",
    "ArticleView",
    "AssignmentView",
    "CaseSuggestions",
    "Correction",
    "DeflectionView",
    "DifferenceView",
    "DriverGap",
    "FlagView",
    "FoundArticle",
    "GapView",
    "GuideEnded",
    "GuideStatistics",
    "GuideView",
    "HelpArticleView",
    "HelpSearchView",
    "HelpSessionView",
    "HoursView",
    "ImportFault",
    "ImportView",
    "LedgerLineView",
    "LinkView",
    "MeasuresView",
    "MixingView",
    "ModuleView",
    "NeedView",
    "NodeStatistics",
    "OptionView",
    "PageView",
    "PeerAnswerView",
    "ProcessFlow",
    "ProcessMapView",
    "RankedGap",
    "RunView",
    "SearchView",
    "SelfServiceFailed",
    "ShareView",
    "StandardView",
    "StepFlow",
    "SubjectErased",
    "TermScore",
    "TrainingCompleted",
    "TrainingEffectView",
    "WaitingAnswerView",
]


class ArticleChanged(Event):
    """An article is new, changed its text or its state."""

    subject: ClassVar[str] = "knowledge.article_changed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("article_id",)

    article_id: UUID
    version: int
    title: str
    state: str
    """work_in_progress, not_validated, validated or archived."""
    audience: str
    """internal or customer."""
    language: str
    driver: str | None
    case_id: UUID | None
    customer_id: UUID | None
    """The customer whose case it was written for, so that the timeline can show it; None when written without one."""
    changed_at: datetime


class ArticleLinked(Event):
    """An article was used to solve a case or a contact."""

    subject: ClassVar[str] = "knowledge.article_linked.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("article_id",)

    article_id: UUID
    title: str
    case_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    by: str
    linked_at: datetime


class SelfServiceFailed(Event):
    """A customer searched and did not find what helps; carries what was tried."""

    subject: ClassVar[str] = "knowledge.self_service_failed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("session_id",)

    session_id: UUID
    customer_id: UUID | None
    customer_keys: list[IdentityKey]
    language: str
    queries: list[str]
    articles: list[UUID]
    wants_contact: bool
    channel: str | None
    failed_at: datetime
    steps: tuple[str, ...] = ()
    """What was answered in guides, in words and in order; empty in events from before there were guides."""


class GuideEnded(Event):
    """Somebody came to the end of a guide: solved, unsolved or handed over to a person."""

    subject: ClassVar[str] = "knowledge.guide_ended.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("run_id",)

    run_id: UUID
    guide_id: UUID
    guide_version: int
    driver: str | None
    session_id: UUID | None
    case_id: UUID | None
    customer_id: UUID | None
    outcome: str
    ended_at: datetime


class SubjectErased(Event):
    """Everything here that named, quoted or described this customer is gone; counts stayed."""

    subject: ClassVar[str] = "knowledge.subject_erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int
    """How many rows were blanked or deleted."""


class TrainingCompleted(Event):
    """An agent learned something; where the module raises a skill, routing may take the level over."""

    subject: ClassVar[str] = "knowledge.training_completed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("agent_id",)

    assignment_id: UUID
    agent_id: UUID
    module: str
    topic: str | None
    minutes: int
    skill: str | None
    """None when the module raises no skill."""
    skill_level: int | None
    """1 to 5: at least this level from now on; never a lowering."""
    valid_until: datetime | None
    """When the refresher is due; None when there is none."""
    completed_at: datetime
