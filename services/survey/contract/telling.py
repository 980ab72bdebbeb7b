"""What survey shows of telling customers what changed because of their words."""

from datetime import datetime
from uuid import UUID

from services.kit.fields import View


class TellingView(View):
    """One customer who is to be told of one initiative, and what became of it."""

    id: UUID
    initiative_id: UUID
    customer_id: UUID
    state: str
    """waiting, queued, told, withheld or undeliverable."""
    channel: str | None
    """By which it goes or went; None while that is not chosen, or when it does not go."""
    language: str | None
    reason: str | None
    """Why it waits or does not go, e.g. indecent_hour, cap_reached, no_consent, no_address; None when nothing stands against it."""
    wanted_at: datetime
    next_possible_at: datetime | None
    """When it is looked at again; None once it is settled."""
    counted_at: datetime | None
    """Since when caps count it as a contact with the customer; None while they do not."""
    settled_at: datetime | None
    version: int
