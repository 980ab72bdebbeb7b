"""What others see of how the knowledge base lives and what it is good for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.kit.fields import View


class ShareView(View):
    """A part of a whole with its 95 % Wilson interval; null where the whole is empty."""

    part: int
    whole: int
    share: float | None
    low: float | None
    high: float | None


class NodeStatistics(View):
    """What happened at one page."""

    node: str
    kind: str
    text: str
    came: int
    """Walks that stood here, or passed."""
    left: ShareView
    """Of those who came: stayed here and moved no more."""
    unsolved: ShareView
    """Of those who passed and came to an end: not solved, or handed over."""


class GuideStatistics(View):
    """What became of the walks of one version."""

    guide_id: UUID
    version: int
    driver: str | None
    walks: int
    solved: ShareView
    """Of all walks that ended or were left."""
    handed_over: int
    left: int
    nodes: list[NodeStatistics]


class Ages(View):
    """How long something takes or waits."""

    count: int
    median: float | None
    p90: float | None


class MeasuresView(View):
    """The knowledge base over a span of time; ages and states are of now."""

    since: datetime
    until: datetime
    link_rate: ShareView
    """Cases that closed with an article linked, or written up from them."""
    created: int
    improved: int
    reused: int
    """Different articles that were linked."""
    reuse_per_article: float | None
    """Links per reused article."""
    hours_to_publish: Ages
    """From the first word to the first validation."""
    draft_days: Ages
    open_flag_days: Ages
    states: dict[str, int]
    review_overdue: int
    checklist: dict[str, ShareView]
    """Criterion to the share of checks in which it held: for coaching."""


class StandardView(View):
    """What holds of one article."""

    article_id: UUID
    version: int
    seen: dict[str, bool]
    """What the machine sees."""
    asked: list[str]
    """What a colleague is asked."""


class DifferenceView(View):
    """How far one share stands above another, with its 95 % interval (Newcombe)."""

    value: float
    low: float
    high: float
    shown: bool
    """False: not told from nothing."""


class DeflectionView(View):
    """Sessions of a span whose window is over."""

    since: datetime
    until: datetime
    window_days: int
    sessions: int
    """In which something was tried."""
    unknown: int
    """Of visitors we do not know: nobody can say whether they called."""
    deflected: ShareView
    """Of the others: no contact about it within the window."""
    said_solved: ShareView
    """Of all sessions: the visitor said so."""
    offered_contacted: ShareView
    """Contact forms where answers were offered: asked for contact all the same, or called within the window."""
    held_out_contacted: ShareView
    effect: DifferenceView | None
    """Contacts that offering answers saves: held out minus offered. None while a group is empty."""


class DriverGap(View):
    """A reason of contacts for which customers find nothing published."""

    driver: str
    contacts: int
    unresolved: int
    handled_hours: float
    internal_articles: int
    """Articles that agents have: publishing one may be all that is needed."""


class RankedGap(View):
    """Something missing, of whatever kind, and what it costs."""

    kind: str
    """search: asked without an answer; guide: walked without being helped; driver: contacts about what nothing is published for."""
    what: str
    """The question as one of them typed it (personal data masked), the guide's title, or the driver."""
    language: str | None
    driver: str | None
    guide_id: UUID | None
    contacts: int
    """Visitors who then asked for contact, or are known to have called about it within the window; of a driver, its contacts."""
    people: int
    """Different visitors (of a guide also agents' walks); of a driver, its contacts."""


class ProcessMapView(View):
    """A process as it was written down."""

    code: str
    title: str
    steps: list[dict[str, Any]]
    version: int
    changed_by: str
    changed_at: datetime


class StepFlow(View):
    """One step, and what it causes."""

    code: str
    title: str
    department: str | None
    drivers: list[str]
    leads_to: list[str]
    waits_hours: float | None
    contacts: int
    unresolved: int
    handled_hours: float
    customers_waited_hours: float
    """Time that these contacts spent waiting for us."""
    cost: float
    """Handled hours at the organisation's hourly cost."""
    bottleneck: bool
    """The step that costs most; nothing is marked when no step causes a contact."""


class ProcessFlow(View):
    """A process over a span."""

    code: str
    title: str
    version: int
    since: datetime
    until: datetime
    contacts: int
    cost: float
    steps: list[StepFlow]
