"""Views of alerts."""

from uuid import UUID

from services.kit.fields import Instant, View


class AlertView(View):
    """Something that left its baseline. state: open (nobody took it), acknowledged (`owner` did) or over (the last look found nothing)."""

    id: UUID
    kind: str
    """cycle (a stage is broken), change (a figure changed) or outlier (a place is outside of its funnel)."""
    figure: str
    sentence: str
    state: str
    owner: str | None
    """Who looks after it; null while nobody does."""
    raised_at: Instant
    looked_at: Instant
    """When it was last seen to stand."""
    acknowledged_at: Instant | None
    over_at: Instant | None
    version: int
    site: str | None
    """Where it is; of neither a site nor a vendor: the whole house."""
    vendor: str | None
