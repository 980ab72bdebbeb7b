"""Tables of the knowledge service."""

from services.kit.tables import kit_tables
from services.knowledge.models.articles import (
    Article,
    ArticleCheck,
    ArticleFlag,
    ArticleLink,
    ArticleVersion,
    ArticleVote,
    ClosedCase,
    ErasedCustomer,
    HeardContact,
    OpenCase,
)
from services.knowledge.models.base import Base
from services.knowledge.models.guides import Guide, GuideRun, GuideStep, GuideVersion
from services.knowledge.models.index import ArticleVector, AwaitingVector, ChangedArticle, IndexedArticle, Posting, VectorClock, Word
from services.knowledge.models.learning import ProcessMap, TrainingAssignment, TrainingHours, TrainingModule, TrainingNeed
from services.knowledge.models.self_service import HelpOpening, HelpQuery, HelpSession, PeerAnswer, PeerVote

__all__ = [
    "KIT",
    "Article",
    "ArticleCheck",
    "ArticleFlag",
    "ArticleLink",
    "ArticleVector",
    "ArticleVersion",
    "ArticleVote",
    "AwaitingVector",
    "Base",
    "ChangedArticle",
    "ClosedCase",
    "ErasedCustomer",
    "Guide",
    "GuideRun",
    "GuideStep",
    "GuideVersion",
    "HeardContact",
    "HelpOpening",
    "HelpQuery",
    "HelpSession",
    "IndexedArticle",
    "OpenCase",
    "PeerAnswer",
    "PeerVote",
    "Posting",
    "ProcessMap",
    "TrainingAssignment",
    "TrainingHours",
    "TrainingModule",
    "TrainingNeed",
    "VectorClock",
    "Word",
]

KIT = kit_tables(Base.metadata)
