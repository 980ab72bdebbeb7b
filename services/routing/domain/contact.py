"""The words for a contact's life, an agent's activity and what may follow what."""

from enum import StrEnum


class ContactState(StrEnum):
    """Where a contact stands. ended and abandoned are final."""

    WAITING = "waiting"
    OFFERED = "offered"
    CONNECTED = "connected"
    ENDED = "ended"
    ABANDONED = "abandoned"


OPEN_STATES = (ContactState.WAITING, ContactState.OFFERED, ContactState.CONNECTED)


class Activity(StrEnum):
    """What an agent does now. Only `available` takes offers; `away` is set for an agent who let offers run out."""

    AVAILABLE = "available"
    BREAK = "break"
    TRAINING = "training"
    AWAY = "away"
    OFFLINE = "offline"


def is_routable(activity: str) -> bool:
    """Tell whether an agent in this activity may be asked."""
    return activity == Activity.AVAILABLE


class Trigger(StrEnum):
    """What made the rule look: written into every decision."""

    CONTACT_QUEUED = "contact_queued"
    CONTACT_RETURNED = "contact_returned"
    CONTACT_TRANSFERRED = "contact_transferred"
    CONTACT_LEFT = "contact_left"
    CREDIT_CHANGED = "credit_changed"
    STEP_DUE = "step_due"
    AGENT_FREED = "agent_freed"
    AGENT_CHANGED = "agent_changed"
    BACKLOG = "backlog"
