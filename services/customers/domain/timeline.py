"""The words of the timeline: what can be noted, and what it can be about before the customer is known."""

from enum import StrEnum


class EntryKind(StrEnum):
    """What happened; a frontend translates by it."""

    CONTACT_QUEUED = "contact_queued"
    CONTACT_OFFERED = "contact_offered"
    CONTACT_CONNECTED = "contact_connected"
    CONTACT_ENDED = "contact_ended"
    CONTACT_ABANDONED = "contact_abandoned"
    CONTACT_TRANSFERRED = "contact_transferred"
    CONTACT_ESCALATED = "contact_escalated"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"
    ESCALATION_RESOLVED = "escalation_resolved"
    SURVEY_INVITED = "survey_invited"
    SURVEY_SKIPPED = "survey_skipped"
    SURVEY_ANSWERED = "survey_answered"
    SURVEY_OPTED_OUT = "survey_opted_out"
    FEEDBACK_RECEIVED = "feedback_received"
    FEEDBACK_CATEGORISED = "feedback_categorised"
    FOLLOW_UP_OPENED = "follow_up_opened"
    FOLLOW_UP_ESCALATED = "follow_up_escalated"
    FOLLOW_UP_CLOSED = "follow_up_closed"
    CONTRIBUTOR_TOLD = "contributor_told"
    ARTICLE_WRITTEN = "article_written"
    ARTICLE_LINKED = "article_linked"
    SELF_SERVICE_FAILED = "self_service_failed"
    CASE_OPENED = "case_opened"
    CASE_WRITTEN_UP = "case_written_up"
    CASE_RESOLVED = "case_resolved"
    CASE_CONFIRMED = "case_confirmed"
    CASE_REOPENED = "case_reopened"
    CALL_ADVISED = "call_advised"
    ORDER_PLACED = "order_placed"
    ORDER_DELIVERED = "order_delivered"
    ORDER_CANCELLED = "order_cancelled"
    CONSENT_CHANGED = "consent_changed"
    MOOD_CHANGED = "mood_changed"


class SubjectKind(StrEnum):
    """What an event is about when it does not know its customer."""

    CONTACT = "contact"
    FEEDBACK_ITEM = "feedback_item"
    SELF_SERVICE = "self_service"


def named(what: str, detail: str | None, *, joint: str = ": ") -> str:
    """Return `what: detail`, or `what` alone when there is no detail, at most 200 characters."""
    sentence = f"{what}{joint}{detail}" if detail else what
    return sentence if len(sentence) <= 200 else sentence[:199] + "…"  # noqa: PLR2004  the length of a Name
