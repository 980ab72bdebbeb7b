"""What routing shows: agents, contacts, queues, and why a contact is where it is."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from services.kit.fields import View


class LoadView(View):
    """How much an agent carries at once over all channels."""

    costs: dict[str, float]
    """By channel; 1 where it is not named."""
    capacity: float | None
    """The sum of costs; None: without limit."""
    cap: float
    """Up to which share of the capacity new contacts come."""
    interrupted_by: dict[str, list[str]]
    """Which other channels may come while a contact of this one is held; any where it is not named."""


class AgentView(View):
    """An agent; `skills` holds languages as `lang:xx`."""

    id: UUID
    external_id: str
    name: str
    version: int
    team: str | None
    site: str | None
    vendor: str | None
    time_zone: str
    activity: str
    plan_counts: bool
    """Whether shifts as planned keep offers away."""
    planned: str
    """What the plan says now: none (there is none), work, break, off."""
    shift_ends_at: datetime | None
    """End of the present shift; None while there is none."""
    load: LoadView | None
    """None: only the maxima by channel count."""
    skills: dict[str, int]
    changed_at: datetime


class ContactView(View):
    """One contact. While it waits nobody is named; afterwards the attribution is that of the agent who is asked, serves or served."""

    id: UUID
    version: int
    external_id: str | None
    channel: str
    direction: str
    state: str
    queue: str | None
    customer_id: UUID | None
    topic: str | None
    language: str | None
    order_reference: str | None
    case_id: UUID | None
    follow_up_id: UUID | None
    context: dict[str, JsonValue]
    queued_at: datetime
    waits_from: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    agent_id: UUID | None
    agent_name: str | None
    team: str | None
    site: str | None
    vendor: str | None
    disposition: str | None
    driver: str | None
    department: str | None
    resolved: str | None
    notes: str | None
    articles: list[UUID]
    transfers: int
    handle_seconds: float | None


class ReservationView(View):
    """One agent asked for one contact."""

    id: UUID
    version: int
    contact_id: UUID
    agent_id: UUID
    channel: str
    status: str
    reason: str | None
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None


class OfferView(View):
    """An offer as the agent sees it: the contact, how long the answer may take, and why it came to this agent."""

    reservation: ReservationView
    contact: ContactView
    why: str


class QueueStateView(View):
    """A queue at this moment. Seconds; the service level is exponentially weighted over the last contacts."""

    queue: str
    as_of: datetime
    waiting: int
    offered: int
    connected: int
    longest_wait_seconds: float
    service_level: float
    sla_share: float
    sla_seconds: int
    agents: dict[str, int]
    """Agents who have the skills that the queue wants, by activity."""
    agents_free: int
    """Of those available, who has a free place for a channel of the queue."""


class StaffingView(View):
    """How many agents a queue needs now (Erlang-A), by the arrivals of the last hour; shares of everybody who comes, in the long run."""

    queue: str
    as_of: datetime
    arrivals_per_hour: float
    handle_seconds: float
    patience_seconds: float
    sla_share: float
    sla_seconds: int
    agents_on_shift: int
    agents_needed: int
    expected_service_level: float
    """With those on shift."""
    expected_abandonment: float
    expected_occupancy: float


class DecisionView(View):
    """Why an agent was asked, or why nobody could be, with every term."""

    id: UUID
    decided_at: datetime
    outcome: str
    trigger: str
    rule: str
    agent_id: UUID | None
    reservation_id: UUID | None
    step: int
    waited_s: float
    requirement: dict[str, int]
    considered: int
    terms: dict[str, JsonValue]
    runners_up: list[dict[str, JsonValue]]
    sentence: str


class ExplanationView(View):
    """Why a contact is where it is."""

    contact_id: UUID
    state: str
    sentence: str
    waited_s: float
    requirement: dict[str, int]
    next_step_in_s: float | None
    """None when the requirement will not loosen any more, or the contact does not wait."""
    agents: dict[str, int]
    """on_shift, skilled (of these), free (of those), excluded (skilled, but let it pass); counted now, only while it waits."""
    decisions: list[DecisionView]
    """Newest first, at most 20."""


class ContactSummary(View):
    """A contact in the unified customer view."""

    id: UUID
    channel: str
    direction: str
    state: str
    queue: str | None
    topic: str | None
    queued_at: datetime
    ended_at: datetime | None
    agent_name: str | None
    disposition: str | None
    driver: str | None
    resolved: str | None
    case_id: UUID | None
    follow_up_id: UUID | None


class CustomerContacts(View):
    """Section `contacts`: everything open, and the last 20 that are over, newest first."""

    open: list[ContactSummary]
    recent: list[ContactSummary]
