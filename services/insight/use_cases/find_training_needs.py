"""What a team should learn is told once, when it is found, and is over when the gap is gone."""

from collections.abc import Sequence

from sqlalchemy import select

from services.insight.contract import TrainingNeedFound
from services.insight.domain.training import Need
from services.insight.models import TrainingNeed
from services.kit.db import UnitOfWork
from services.kit.ids import new_id


async def find_training_needs(uow: UnitOfWork, compared: Sequence[Need]) -> None:
    """Keep what was compared; a need that is new, or open again after it was over, is told."""
    known = {(row.topic, row.team): row for row in await uow.all(select(TrainingNeed), TrainingNeed)}
    for need in compared:
        old = known.get((need.topic, need.team))
        if not need.found and old is None:
            continue
        is_new = need.found and (old is None or old.state == "over")
        row = {
            "id": old.id if old else new_id(),
            "topic": need.topic,
            "team": need.team,
            "effect": need.effect,
            "low": need.interval.low,
            "high": need.interval.high,
            "n": need.n,
            "rest": need.rest,
            "state": "open" if need.found else "over",
            "found_at": uow.now if is_new or old is None else old.found_at,
            "looked_at": uow.now,
        }
        await uow.upsert(TrainingNeed, row, key=("topic", "team"))
        if is_new:
            uow.emit(
                TrainingNeedFound(
                    need_id=row["id"],
                    topic=need.topic,
                    team=need.team,
                    effect=need.effect,
                    low=need.interval.low,
                    high=need.interval.high,
                    n=need.n,
                    found_at=uow.now,
                )
            )
