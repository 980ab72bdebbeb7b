"""How well an axis is read, from what people confirmed and corrected."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.feedback.contract.learned import Agreement, Precision, QualityReport, VersionQuality
from services.feedback.domain.heads import AUTO
from services.feedback.domain.items import CATEGORISED
from services.feedback.domain.quality import Quality, agreement, drift, wilson
from services.feedback.models import Correction, Item
from services.kit.db import Tx

SAMPLE = 5_000
"""The newest items and corrections that are looked at."""


async def quality_report(tx: Tx, axis: str, days: int) -> QualityReport:
    """Return the report over the last `days`."""
    since = tx.now - timedelta(days=days)
    items = await _labels(tx, axis, since)
    found = await _corrections(tx, axis, since)
    automatic = [one for one in items if one["decision"] == AUTO]
    checked = [one for one in found if one.was_decision == AUTO]
    right = sum(one.was == one.now for one in checked)
    bounds = wilson(right, len(checked))
    return QualityReport(
        axis=axis,
        since=since,
        until=tx.now,
        items=len(items),
        automatic_share=round(len(automatic) / len(items), 4) if items else None,
        reviewed_share=round(sum(one["decision"] == "person" for one in items) / len(items), 4) if items else None,
        precision=Precision(
            expected=round(sum(one["confidence"] for one in automatic) / len(automatic), 4) if automatic else None,
            observed=round(right / len(checked), 4) if checked else None,
            low=bounds[0] if bounds else None,
            high=bounds[1] if bounds else None,
            checked=len(checked),
        ),
        drift=await _drift(tx, axis, since),
        versions=_versions(found),
    )


async def _labels(tx: Tx, axis: str, since: datetime) -> list[dict[str, Any]]:
    statement = select(col(Item.labels)).where(col(Item.state) == CATEGORISED, col(Item.received_at) >= since)
    rows = await tx.rows(statement.order_by(col(Item.id).desc()).limit(SAMPLE))
    nothing = {"decision": "unknown", "confidence": 0.0}
    return [next((label for label in row["labels"] if label["axis"] == axis), nothing) for row in rows]


async def _corrections(tx: Tx, axis: str, since: datetime) -> list[Correction]:
    statement = select(Correction).where(col(Correction.axis) == axis, col(Correction.at) >= since, col(Correction.was_source).is_not(None))
    return await tx.all(statement.order_by(col(Correction.id).desc()).limit(SAMPLE), Correction)


def _versions(found: list[Correction]) -> list[VersionQuality]:
    sources = sorted({one.was_source for one in found if one.was_source and not one.was_source.startswith("person")})
    reports = []
    for source in sources:
        mine = [one for one in found if one.was_source == source and one.was is not None]
        reports.append(
            VersionQuality(
                source=source,
                all=_shown(agreement((str(one.was), one.now) for one in mine)),
                by_lot=_shown(agreement((str(one.was), one.now) for one in mine if one.by_lot)),
            )
        )
    return reports


def _shown(quality: Quality) -> Agreement:
    return Agreement.model_validate(quality.as_json())


async def _drift(tx: Tx, axis: str, since: datetime) -> float | None:
    column = {"driver": Item.driver, "product": Item.product, "sentiment": Item.sentiment}[axis]
    recent = tx.now - timedelta(days=7)

    async def counts(start: datetime, end: datetime) -> Counter[str]:
        statement: Any = (
            select(col(column).label("code"), func.count().label("n"))
            .where(col(Item.state) == CATEGORISED, col(Item.said_at) >= start, col(Item.said_at) < end)
            .group_by(col(column))
        )
        return Counter({row["code"] or "": row["n"] for row in await tx.rows(statement)})

    return drift(await counts(since, recent), await counts(recent, tx.now + timedelta(seconds=1)))
