"""Tables of feedback alone."""

from services.feedback.models.base import Base
from services.feedback.models.disclosures import Disclosure
from services.feedback.models.follow_ups import FollowUp, FollowUpRule, FollowUpRuleVersion
from services.feedback.models.found import Forgotten, ItemTerm, Spike, TaxonomyVersion, Theme, ThemeMember
from services.feedback.models.platforms import ReviewToFetch, WebhookCall, WebhookEvent, WebhookSource
from services.feedback.models.replies import Reply, ReviewerRequest
from services.feedback.models.suggestions import Suggestion, SuggestionBox, SuggestionMessage
from services.feedback.models.telling import Initiative, Telling
from services.feedback.models.voices import (
    Correction,
    CustomerAlias,
    Department,
    Item,
    ItemAuthor,
    ItemVector,
    LearnedHead,
    TaxonomyCode,
    TextVector,
)
from services.kit.tables import kit_tables

KIT = kit_tables(Base.metadata)

__all__ = [
    "KIT",
    "Base",
    "Correction",
    "CustomerAlias",
    "Department",
    "Disclosure",
    "FollowUp",
    "FollowUpRule",
    "FollowUpRuleVersion",
    "Forgotten",
    "Initiative",
    "Item",
    "ItemAuthor",
    "ItemTerm",
    "ItemVector",
    "LearnedHead",
    "Reply",
    "ReviewToFetch",
    "ReviewerRequest",
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
