"""What others see of training."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View
from services.knowledge.contract.measures import ShareView


class ModuleView(View):
    """Something to learn."""

    code: str
    title: str
    text: str
    html: str
    language: str
    topic: str | None
    minutes: int
    articles: list[UUID]
    skill: str | None
    skill_level: int | None
    refresh_days: int | None
    active: bool
    version: int
    changed_at: datetime


class NeedView(View):
    """Why somebody should learn something."""

    id: UUID
    topic: str
    group: str | None
    agents: list[UUID]
    effect: float | None
    evidence: str
    source: str
    state: str
    found_at: datetime
    modules: tuple[str, ...] = ()
    """Codes of the active modules that teach the topic; empty: one has to be written."""


class AssignmentView(View):
    """What an agent has to learn, or has learned."""

    id: UUID
    agent_id: UUID
    module: str
    need_id: UUID | None
    reason: str
    assigned_by: str
    assigned_at: datetime
    due_at: datetime
    completed_at: datetime | None
    minutes: int | None
    version: int


class LedgerLineView(View):
    """One line of the ledger."""

    id: UUID
    agent_id: UUID
    minutes: int
    what: str
    assignment_id: UUID | None
    at: datetime
    entered_by: str


class HoursView(View):
    """What one agent learned in the 365 days before."""

    agent_id: UUID
    minutes: int
    goal_minutes: int
    missing_minutes: int
    entries: int


class TrainingEffectView(View):
    """Resolution of the module's topic before and after learning, beside everybody else over the same days."""

    module: str
    topic: str | None
    days: int
    learners: int
    before: ShareView
    after: ShareView
    others_before: ShareView
    others_after: ShareView
    effect: float | None
    """Change of the learners minus change of the others; None while a group has fewer than 30 contacts."""
    low: float | None
    high: float | None
    verdict: str
    """better, worse, not_proven or too_few."""
