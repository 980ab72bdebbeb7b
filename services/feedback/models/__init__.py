"""Tables of feedback alone."""

from services.feedback.models.base import Base
from services.feedback.models.disclosures import Disclosure
from services.feedback.models.telling import Initiative, Telling
from services.feedback.models.voices import (
    Correction,
    Customer,
    CustomerAlias,
    Department,
    FollowUp,
    FollowUpRule,
    FollowUpRuleVersion,
    Item,
    ItemVector,
    LearnedHead,
    Refusal,
    TaxonomyCode,
    TextVector,
    WebhookEvent,
    WebhookSource,
)
from services.kit.tables import kit_tables

KIT = kit_tables(Base.metadata)

__all__ = [
    "KIT",
    "Base",
    "Correction",
    "Customer",
    "CustomerAlias",
    "Department",
    "Disclosure",
    "FollowUp",
    "FollowUpRule",
    "FollowUpRuleVersion",
    "Initiative",
    "Item",
    "ItemVector",
    "LearnedHead",
    "Refusal",
    "TaxonomyCode",
    "Telling",
    "TextVector",
    "WebhookEvent",
    "WebhookSource",
]
