"""What a customer was told because they spoke: insight's part of the unified customer view."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import desc, select
from sqlmodel import col

from services.insight.contract import ContributionView
from services.insight.domain.messages import in_language
from services.insight.models import Initiative, ToldFact
from services.kit.db import Tx

MOST = 2000
"""Rows read for one request of at most 100 customers; the newest are kept."""


async def contributions(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[ContributionView]]:
    """Return each customer's contributions, newest first; customers without any get an empty list."""
    told = (
        select(ToldFact, col(Initiative.title), col(Initiative.messages))
        .join(Initiative, col(Initiative.id) == col(ToldFact.initiative_id))
        .where(col(ToldFact.customer_id).in_(list(customer_ids)), col(Initiative.published_at).is_not(None))
        .order_by(desc(col(ToldFact.told_at)), desc(col(ToldFact.id)))
        .limit(MOST)
    )
    found: dict[UUID, list[ContributionView]] = defaultdict(list)
    for row in await tx.rows(told):
        language, message = in_language(row["messages"], row["language"])
        entry = {name: row[name] for name in ("initiative_id", "title", "channel", "told_at")}
        view = ContributionView.model_validate({**entry, "language": language, "message": message})
        found[row["customer_id"]].append(view)
    return {customer_id: found[customer_id] for customer_id in customer_ids}
