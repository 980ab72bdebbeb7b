"""Insight's tables: narrow facts fed by events, their sums by day, what prices them, what is done about them, and what employees say."""

from services.insight.models.base import Base
from services.insight.models.facts import (
    AnswerFact,
    ArticleUse,
    ContactFact,
    ContactWait,
    Correction,
    CustomerSegment,
    DriverOwner,
    ErasedCustomer,
    FeedbackFact,
    FollowUpFact,
    InvitationFact,
    KnownSubject,
    RemovedItem,
    ResponseFact,
    ToldFact,
)
from services.insight.models.loop import (
    Budget,
    CostRate,
    Department,
    Dispute,
    DisputeStep,
    Initiative,
    ProcessMap,
    QualityForm,
    QualityReview,
    StageState,
    TrainingNeed,
)
from services.insight.models.pulses import Pulse, PulseAnswer, Release
from services.insight.models.rollups import AnswerDay, ContactDay, FeedbackDay, SatisfactionDay, TouchedDay
from services.kit.tables import kit_tables

__all__ = [
    "KIT", "AnswerDay", "AnswerFact", "ArticleUse", "Base", "Budget", "ContactDay", "ContactFact", "ContactWait", "Correction", "CostRate",
    "CustomerSegment", "Department", "Dispute", "DisputeStep", "DriverOwner", "ErasedCustomer", "FeedbackDay", "FeedbackFact",
    "FollowUpFact", "Initiative", "InvitationFact", "KnownSubject", "ProcessMap", "Pulse", "PulseAnswer", "QualityForm", "QualityReview",
    "Release", "RemovedItem", "ResponseFact", "SatisfactionDay", "StageState", "ToldFact", "TouchedDay", "TrainingNeed",
]  # fmt: skip

KIT = kit_tables(Base.metadata)
