"""The response funnel: who could have been asked, whom a rule held back, what left the house, who answered."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, desc, func, select
from sqlmodel import col

from services.insight.contract import FunnelStageView
from services.insight.domain.intervals import wilson
from services.insight.domain.period import Asked, Period
from services.insight.models import DeliveryFact, InvitationFact, OptOutFact, ResponseFact, SuppressedFact
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import share_moved
from services.insight.queries.placed import asks, opt_outs
from services.insight.repository.rollups import tally
from services.kit.db import Tx

STEPS: dict[str, str | None] = {
    "eligible": None,
    "suppressed": "eligible",
    "asked": "eligible",
    "delivered": "asked",
    "undeliverable": "asked",
    "answered": "delivered",
    "flagged": None,
    "opted_out": None,
}
"""Each step, and the one that its share is of."""
Counts = Mapping[str, int]


def _in(moment: Any, period: Period) -> Any:
    return and_(moment >= period.start, moment < period.end)


async def _suppressed(tx: Tx, period: Period, asked: Asked) -> dict[str, int]:
    conditions = (_in(col(SuppressedFact.skipped_at), period), *asks(tx, asked, SuppressedFact))
    statement = select(col(SuppressedFact.reason), func.count().label("n")).where(*conditions).group_by(col(SuppressedFact.reason))
    return {row["reason"]: row["n"] for row in await tx.rows(statement.order_by(desc("n"), col(SuppressedFact.reason)))}


async def _counts(tx: Tx, period: Period, asked: Asked) -> tuple[Counts, dict[str, int]]:
    """Count every step over a period, and who was held back by reason. Asks count by when they were made, wherever they stand now."""
    state = select(col(DeliveryFact.state)).where(col(DeliveryFact.invitation_id) == col(InvitationFact.invitation_id)).scalar_subquery()
    response = col(ResponseFact.invitation_id) == col(InvitationFact.invitation_id)
    heard = {
        name: select(col(ResponseFact.response_id)).where(response, col(ResponseFact.flagged).is_(flagged)).exists()
        for name, flagged in (("answered", False), ("flagged", True))
    }
    columns = (
        func.count().label("asked"),
        # Who answered was reached, whatever the carrier said.
        tally((func.coalesce(state, "") == "sent") | heard["answered"]).label("delivered"),
        tally((func.coalesce(state, "") == "undeliverable") & ~heard["answered"]).label("undeliverable"),
        tally(heard["answered"]).label("answered"),
        tally(heard["flagged"]).label("flagged"),
    )
    conditions = (_in(col(InvitationFact.invited_at), period), *asks(tx, asked))
    row = (await tx.rows(select(*columns).select_from(InvitationFact).where(*conditions)))[0]
    reasons = await _suppressed(tx, period, asked)
    gone = select(func.count()).select_from(OptOutFact).where(_in(col(OptOutFact.opted_out_at), period), *opt_outs(tx, asked))
    held = sum(reasons.values())
    counts = {name: int(row[name]) for name in ("asked", "delivered", "undeliverable", "answered", "flagged")}
    return {"eligible": held + counts["asked"], "suppressed": held, **counts, "opted_out": await tx.scalar(gone)}, reasons


def _stage(name: str, now: Counts, then: Counts) -> FunnelStageView:
    of = STEPS[name]
    n, whole = now[name], now[of] if of else 0
    known = of is not None and whole > 0
    return FunnelStageView(
        stage=name,
        definition_id=f"funnel_{name}@1",
        n=n,
        of=of,
        share=n / whole if known else None,
        interval=interval_view(wilson(n / whole, whole)) if known else None,
        n_before=then[name],
        change=share_moved((then[name], then[of]), (n, whole)) if of else None,
    )


async def response_funnel(tx: Tx, asked: Asked, period: Period, past: Period) -> tuple[list[FunnelStageView], dict[str, int]]:
    """Return the steps of a period beside the comparison period, and why asks were held back in it."""
    (now, reasons), (then, _) = await _counts(tx, period, asked), await _counts(tx, past, asked)
    return [_stage(name, now, then) for name in STEPS], reasons
