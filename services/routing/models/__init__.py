"""Tables of routing. Contacts and reservations carry the truth; decisions are only ever added to."""

from services.kit.tables import kit_tables
from services.routing.models.base import Base
from services.routing.models.customers import CustomerKey, CustomerStanding
from services.routing.models.desk import (
    Agent,
    AgentChannel,
    AgentSkill,
    Contact,
    ContactClass,
    Dispatch,
    Exclusion,
    Queue,
    Reservation,
    RoutingChange,
    RoutingDecision,
    RoutingPolicy,
    Skill,
)
from services.routing.models.escalations import Escalation
from services.routing.models.lessons import Affinity, Backtest, Learning, OfferWebhook, SurveyLabel
from services.routing.models.shifts import AgentDoing, AgentShift

KIT = kit_tables(Base.metadata)

__all__ = [
    "KIT",
    "Affinity",
    "Agent",
    "AgentChannel",
    "AgentDoing",
    "AgentShift",
    "AgentSkill",
    "Backtest",
    "Base",
    "Contact",
    "ContactClass",
    "CustomerKey",
    "CustomerStanding",
    "Dispatch",
    "Escalation",
    "Exclusion",
    "Learning",
    "OfferWebhook",
    "Queue",
    "Reservation",
    "RoutingChange",
    "RoutingDecision",
    "RoutingPolicy",
    "Skill",
    "SurveyLabel",
]
