"""What is missing besides words that were searched in vain: drivers without an answer, guides that do not help; most contacts first."""

from datetime import datetime

from services.kit.db import Tx
from services.kit.fields import View
from services.knowledge.repository.contacts import drivers_without_answer
from services.knowledge.repository.health import Span


class DriverGap(View):
    """A reason of contacts for which customers find nothing published."""

    driver: str
    contacts: int
    unresolved: int
    handled_hours: float
    internal_articles: int
    """Articles that agents have: publishing one may be all that is needed."""


async def driver_gaps(tx: Tx, since: datetime, limit: int) -> list[DriverGap]:
    """Return drivers without a published answer, most contacts first."""
    rows = await drivers_without_answer(tx, Span(since, tx.now), limit)
    return [
        DriverGap(
            driver=row["driver"],
            contacts=row["contacts"],
            unresolved=int(row["unresolved"]),
            handled_hours=round(float(row["handled"]) / 3600, 3),
            internal_articles=row["internal_articles"],
        )
        for row in rows
    ]
