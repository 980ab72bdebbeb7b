"""A stage of the cycle that breaks is told once, when it breaks."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from services.insight.contract import AlertRaised, StageView
from services.insight.domain.cycle import State
from services.insight.models import StageState
from services.kit.db import UnitOfWork
from services.kit.ids import new_id

LOOK = "look_at_cycle"
EVERY = timedelta(days=1)


async def plan_look(uow: UnitOfWork) -> None:
    """Have the cycle looked at a day from now; a plan that is there is re-timed."""
    await uow.schedule(LOOK, key="house", at=uow.now + EVERY)


async def raise_alerts(uow: UnitOfWork, stages: Sequence[StageView]) -> None:
    """Raise an alert for each stage that is broken now and was not when it was last looked at; plan the next look."""
    known = {row.stage: row.state for row in await uow.all(select(StageState), StageState)}
    for stage in stages:
        if known.get(stage.stage) == stage.state:
            continue
        await uow.upsert(StageState, {"stage": stage.stage, "state": stage.state, "since": uow.now}, key=("stage",))
        if stage.state == State.BROKEN:
            uow.emit(AlertRaised(alert_id=new_id(), figure=f"cycle.{stage.stage}", sentence=stage.sentence, raised_at=uow.now))
    await plan_look(uow)
