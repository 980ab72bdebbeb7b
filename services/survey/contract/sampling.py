"""What survey shows of its sampling: audits, estimates, wishes of agents, simulations."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from services.kit.fields import View


class LotAuditView(View):
    """The lot against its promise: `rate_z` beyond ±2.58, or `agent_p` under 0.01, would be a reason to look."""

    programme: str
    drawn: int
    chosen: int
    promised: float
    """The sum of the recorded inclusion probabilities."""
    rate_z: float
    agents: int
    agent_chi_square: float
    agent_p: float


class SkippingAgentView(View):
    """How often an agent asked to skip the survey, against all agents; `p` is corrected for looking at many (Benjamini-Hochberg)."""

    agent_id: UUID
    contacts: int
    skips: int
    rate: float
    z: float
    p: float
    striking: bool


class ShareView(View):
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float
    standard_error: float
    answered: int
    effective: float
    """The size of a simple random sample that would be as precise."""


class CellEstimateView(View):
    """One cell of a sample."""

    name: str
    eligible: int
    answered: int
    satisfied: int
    half_width: float
    """Of its 95 % interval."""


class EstimateView(View):
    """The satisfied share of a programme's occasions, raw beside weighted (post-stratified by cell)."""

    programme: str
    definition: str
    by: list[str]
    raw: ShareView | None
    """None without answers."""
    weighted: ShareView | None
    cells: list[CellEstimateView]


class WishView(View):
    """What an agent said about asking after a contact."""

    contact_id: UUID
    agent_id: UUID
    wish: str
    """skip or force."""
    reason: str
    said_at: datetime


class SimulationView(View):
    """A draft replayed over recorded history.

    The report has `draft` and `live`: eligible, invited, refused by reason, caps_hit, asks_per_customer (histogram), by_day, and cells with
    expected answers and the half-width of their 95 % interval in the worst case.
    """

    id: UUID
    programme: str
    days: int
    state: str
    """running, done or failed."""
    progress: float
    report: dict[str, JsonValue] | None
    """None until it is done."""
    created_at: datetime
    finished_at: datetime | None
    version: int
