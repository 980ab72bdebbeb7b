"""Tables of feedback alone."""

from services.feedback.models.base import Base
from services.feedback.models.disclosures import Disclosure
from services.feedback.models.follow_ups import FollowUp, FollowUpRule, FollowUpRuleVersion
from services.feedback.models.found import Forgotten, ItemTerm, Spike, TaxonomyVersion, Theme, ThemeMember
from services.feedback.models.platforms import ReviewToFetch, WebhookCall, WebhookEvent, WebhookSource
from services.feedback.models.replies import Reply
from services.feedback.models.suggestions import Suggestion, SuggestionBox, SuggestionMessage
from services.feedback.models.telling import Initiative, Telling
from services.feedback.models.voices import (
    Correction,
    Customer,
    CustomerAlias,
    Department,
    Item,
    ItemVector,
    LearnedHead,
    Refusal,
    TaxonomyCode,
    TextVector,
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
    "Forgotten",
    "Initiative",
    "Item",
    "ItemTerm",
    "ItemVector",
    "LearnedHead",
    "Refusal",
    "Reply",
    "ReviewToFetch",
    "Spike",
    "Suggestion",
    "SuggestionBox",
    "SuggestionMessage",
    "TaxonomyCode",
    "TaxonomyVersion",
    "Telling",
    "TextVector",
    "Theme",
    "ThemeMember",
    "WebhookCall",
    "WebhookEvent",
    "WebhookSource",
]
