"""Who serves, who waits, who was asked and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text, true
from sqlmodel import Field

from services.routing.models.base import DIRECT, FREE_TEXT, INDIRECT, NONE, Base

HOLDING_SQL = text("status IN ('pending', 'accepted', 'wrapping')")


def _named(name: str, *columns: str) -> Index:
    """Return an index of the rows whose first column is not empty: who has none costs nothing at a change, and is never looked for by it."""
    given = text(f"{columns[0]} IS NOT NULL")
    return Index(name, *columns, sqlite_where=given, postgresql_where=given)


class Dispatch(Base, table=True):
    """One row whose lock makes matching single-file: who looks for a pair has seen every earlier pair."""

    __tablename__ = "dispatch"
    id: int = Field(primary_key=True)
    priced_at: datetime | None
    """Not used since the engine prices in memory; kept so that a version of yesterday can run beside this one."""
    epoch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Grows with every leader. What a leader of yesterday's epoch wants to write is refused."""


class RoutingChange(Base, table=True):
    """Something that the engine has not seen yet: deleted in the transaction in which it acts on it."""

    __tablename__ = "routing_change"
    seq: int | None = Field(default=None, primary_key=True)
    kind: str
    """contact or agent."""
    key: UUID
    trigger: str


class Skill(Base, table=True):
    """Something an agent can do at a level from 1 to 5."""

    __tablename__ = "skill"
    key: str = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    category: str


class Queue(Base, table=True):
    """A line of contacts with one promise. `requires` and `relax` are copied into a contact when it is queued."""

    __tablename__ = "queue"
    key: str = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    version: int
    channels: list[str] = Field(sa_type=JSON)
    sla_seconds: int
    sla_share: float
    weight: float
    wrap_up_seconds: int
    expected_handle_seconds: int
    starvation_seconds: float
    offer_seconds: int
    cool_down_seconds: int
    misses_allowed: int
    """Offers in a row that an agent may let run out before being set away."""
    department: str | None
    hours: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    requires: list[list[Any]] = Field(sa_type=JSON)
    relax: list[list[Any]] = Field(sa_type=JSON)
    prefer: list[list[Any]] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """Skills that are welcome: who has them all is asked first among equals."""
    sticky_seconds: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How long a contact of a known case waits for the agent who had the case last; 0: not at all."""
    policy: str | None = Field(default=None)
    """Key of the policy whose newest version is given to every contact that comes."""
    escalation: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    """To whom its contacts are escalated, level by level, and by which rules; None: they are not."""
    shift_end_allowance_seconds: int | None = Field(default=None)
    """By how much a contact may be expected to outlast its agent's shift; None: the end of a shift does not matter."""
    service_level: float
    handled: int
    handled_seconds: float
    leavers: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    """How many hung up before they were answered; what is long ago counts less (`domain.engine.patience`)."""
    waited_seconds: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    """How long contacts waited together until then or until they were answered, likewise."""


class RoutingPolicy(Base, table=True):
    """One version of a policy. Never changed."""

    __tablename__ = "routing_policy"
    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    document: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime


class Agent(Base, table=True):
    """Who serves. `skills` repeats agent_skill for reading; `group_key` names agents that are alike to the rule."""

    __tablename__ = "agent"
    __table_args__ = (Index("ix_agent_activity", "activity", "group_key"),)
    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True, sa_column_kwargs=INDIRECT)
    name: str = Field(sa_column_kwargs=DIRECT)
    version: int
    team: str | None
    site: str | None
    vendor: str | None
    time_zone: str
    activity: str
    misses: int
    skills: dict[str, int] = Field(sa_type=JSON)
    """Those that count now."""
    validity: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"})
    """Skills that count from or until a moment: level, from, until."""
    plan_counts: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """Outside of planned shifts and in planned breaks nothing is offered."""
    planned: str = Field(default="none", sa_column_kwargs={"server_default": "none"})
    """What the plan says now: none (there is no plan), work, break, off."""
    shift_ends_at: datetime | None = Field(default=None)
    """End of the present shift."""
    load: dict[str, Any] | None = Field(default=None, sa_type=JSON, nullable=True)
    """Costs by channel, capacity, cap and what may interrupt what; None: only the maxima by channel count."""
    group_key: str
    opportunity: float
    changed_at: datetime


class AgentSkill(Base, table=True):
    """The index from skill and level to agents; languages are here as `lang:xx`."""

    __tablename__ = "agent_skill"
    __table_args__ = (Index("ix_agent_skill_level", "skill", "level", "agent_id"),)
    agent_id: UUID = Field(primary_key=True)
    skill: str = Field(primary_key=True)
    level: int


class AgentChannel(Base, table=True):
    """How many contacts of a channel an agent takes at once, and how many are held now."""

    __tablename__ = "agent_channel"
    __table_args__ = (CheckConstraint("used >= 0", name="ck_agent_channel_used"),)
    agent_id: UUID = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    maximum: int
    used: int
    idle_since: datetime


class ContactClass(Base, table=True):
    """Contacts that are alike to the rule: same queue, channel, compiled policy and credit."""

    __tablename__ = "contact_class"
    key: str = Field(primary_key=True)
    queue: str
    channel: str = Field(index=True)
    policy: dict[str, Any] = Field(sa_type=JSON)
    credit_s: int


class Contact(Base, table=True):
    """One interaction. `waits_from` keeps the original age over every return and transfer. Site and vendor are those of the agent."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_state", "state", "queue", "waits_from"),
        _named("ix_contact_customer", "customer_id", "queued_at"),
        Index("ix_contact_queued_at", "queued_at"),
        _named("ix_contact_follow_up", "follow_up_id"),
        _named("ix_contact_case", "case_id", "connected_at"),
    )
    id: UUID = Field(primary_key=True)
    version: int
    external_id: str | None = Field(unique=True)
    channel: str
    direction: str
    state: str
    queue: str | None
    class_key: str | None
    asked_credit_s: int
    requires: list[list[Any]] = Field(sa_type=JSON)
    relax: list[list[Any]] = Field(sa_type=JSON)
    customer_id: UUID | None
    customer_keys: list[dict[str, str]] = Field(sa_type=JSON, sa_column_kwargs=DIRECT)
    topic: str | None = Field(sa_column_kwargs=FREE_TEXT)
    language: str | None
    order_reference: str | None = Field(sa_column_kwargs=INDIRECT)
    case_id: UUID | None
    follow_up_id: UUID | None
    context: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=FREE_TEXT)
    queued_at: datetime
    waits_from: datetime
    connected_at: datetime | None
    """Start of the present (or last) talk; None until an agent took it."""
    first_connected_at: datetime | None
    ended_at: datetime | None
    changed_at: datetime
    agent_id: UUID | None
    """Who is asked or serves, and who served when it is over; None while waiting."""
    agent_name: str | None = Field(sa_column_kwargs=DIRECT)
    team: str | None
    site: str | None
    vendor: str | None
    disposition: str | None
    driver: str | None
    department: str | None
    resolved: str | None
    notes: str | None = Field(sa_column_kwargs=FREE_TEXT)
    articles: list[str] = Field(sa_type=JSON)
    transfers: int
    talked_seconds: float
    """Talk of earlier agents before a transfer."""
    handle_seconds: float | None
    steered: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """False: in the hold-out, routed as if nothing had been learned."""
    sticky_agent_id: UUID | None = Field(default=None)
    """The owner of the case, who is asked alone until `sticky_until`."""
    sticky_until: datetime | None = Field(default=None)
    policy: str | None = Field(default=None)
    """Version of the policy under which it came, as key@version."""
    banned: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """Agents who are never asked for this contact."""


class Reservation(Base, table=True):
    """One agent asked for one contact. At most one per contact holds; the database sees to it."""

    __tablename__ = "reservation"
    __table_args__ = (
        Index("uq_reservation_holding", "contact_id", unique=True, sqlite_where=HOLDING_SQL, postgresql_where=HOLDING_SQL),
        Index("ix_reservation_contact", "contact_id", "created_at"),
        Index("ix_reservation_agent", "agent_id", "status"),
    )
    id: UUID = Field(primary_key=True)
    contact_id: UUID
    agent_id: UUID
    channel: str
    status: str
    reason: str | None = Field(sa_column_kwargs=FREE_TEXT)
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None
    """When the offer came to nothing or the wrap-up was done."""
    version: int
    fencing_epoch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The leader that made the offer."""


class Exclusion(Base, table=True):
    """An agent who let this contact pass: not asked again until everybody else was, and then after a cool-down."""

    __tablename__ = "exclusion"
    __table_args__ = (Index("ix_exclusion_agent", "agent_id"),)
    contact_id: UUID = Field(primary_key=True)
    agent_id: UUID = Field(primary_key=True)
    reason: str = Field(sa_column_kwargs=FREE_TEXT)
    excluded_at: datetime


class RoutingDecision(Base, table=True):
    """Why an agent was asked, or why nobody could be. Never changed."""

    __tablename__ = "routing_decision"
    __table_args__ = (
        Index("ix_routing_decision_contact", "contact_id", "decided_at"),
        _named("ix_routing_decision_reservation", "reservation_id"),
    )
    id: UUID = Field(primary_key=True)
    decided_at: datetime
    contact_id: UUID
    outcome: str
    """offered or waiting."""
    trigger: str
    rule: str
    agent_id: UUID | None
    reservation_id: UUID | None
    step: int
    waited_s: float
    requirement: dict[str, int] = Field(sa_type=JSON)
    considered: int
    """How many agents (contact arrived) or contacts (agent freed) were weighed."""
    terms: dict[str, Any] = Field(sa_type=JSON)
    runners_up: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    epoch: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The leader that decided."""
