"""What routing shows of escalations."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View


class EscalationStepView(View):
    """One level that an escalation has been at."""

    level: int
    cause: str
    """person, waited_too_long, unhappy_again, not_acknowledged."""
    from_whom: str | None
    """None: a rule raised it."""
    to_whom: str
    at: datetime


class EscalationView(View):
    """Something that somebody higher up has to look at."""

    id: UUID
    version: int
    queue: str
    contact_id: UUID | None
    case_id: UUID | None
    follow_up_id: UUID | None
    customer_id: UUID | None
    level: int
    cause: str
    reason: str
    from_whom: str | None
    to_whom: str
    state: str
    """open, acknowledged, resolved."""
    raised_at: datetime
    level_since: datetime
    acknowledge_by: datetime | None
    """When it goes to the next level by itself, or when the highest one is late; None: never."""
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    outcome: str | None
    steps: list[EscalationStepView]
    """Oldest first."""
    site: str | None
    vendor: str | None
