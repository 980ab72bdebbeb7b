"""Everything that can be asked of feedback and changed in it, as two parts of the roots."""

import strawberry

from gateway.schema.feedback_authors import AuthorsMutation, AuthorsQuery
from gateway.schema.feedback_found import FeedbackMutation, FeedbackQuery
from gateway.schema.feedback_keeping import KeepingMutation, KeepingQuery
from gateway.schema.feedback_learned import LearnedMutation, LearnedQuery
from gateway.schema.feedback_sources import SourcesMutation, SourcesQuery
from gateway.schema.feedback_taxonomy import TaxonomyMutation, TaxonomyQuery
from gateway.schema.feedback_voices import VoicesMutation, VoicesQuery


@strawberry.type(description="What can be asked of feedback beside items and follow-ups.")
class FeedbackQueries(AuthorsQuery, FeedbackQuery, KeepingQuery, LearnedQuery, SourcesQuery, TaxonomyQuery, VoicesQuery):
    """Part of the root."""


@strawberry.type(description="What can be changed in feedback beside labels and follow-ups.")
class FeedbackMutations(AuthorsMutation, FeedbackMutation, KeepingMutation, LearnedMutation, SourcesMutation, TaxonomyMutation, VoicesMutation):
    """Part of the root."""
