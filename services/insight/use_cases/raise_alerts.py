"""What is wrong is told once, when it is first seen, and its alert is over when a look finds nothing any more."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlmodel import col

from services.insight.contract import AlertRaised, StageView
from services.insight.domain.alerts import AlertKind, AlertState, Finding, news
from services.insight.domain.cycle import State
from services.insight.models import Alert, StageLook
from services.kit.db import UnitOfWork
from services.kit.ids import new_id

LOOK = "look_at_cycle"
WHOLE_HOUSE = ""
EVERY = timedelta(days=1)


async def plan_look(uow: UnitOfWork) -> None:
    """Have the cycle looked at a day from now; a plan that is there is re-timed."""
    await uow.schedule(LOOK, key="house", at=uow.now + EVERY)


async def keep_looks(uow: UnitOfWork, place: str, stages: Sequence[StageView]) -> None:
    """Keep how each stage stands at a place (see `StageLook`), and since when."""
    looks = select(StageLook).where(col(StageLook.place) == place)
    known = {row.stage: row.state for row in await uow.all(looks, StageLook)}
    for stage in stages:
        if known.get(stage.stage) != stage.state:
            row = {"place": place, "stage": stage.stage, "state": stage.state, "since": uow.now}
            await uow.upsert(StageLook, row, key=("place", "stage"))


async def raise_alerts(uow: UnitOfWork, stages: Sequence[StageView], findings: Sequence[Finding], owner: str | None) -> None:
    """Keep how each stage of the whole house stands, raise what is new for `owner` (None: whoever takes it), end what is over; plan the next look."""
    await keep_looks(uow, WHOLE_HOUSE, stages)
    broken = [Finding(AlertKind.CYCLE, f"cycle.{stage.stage}", stage.sentence) for stage in stages if stage.state == State.BROKEN]
    standing = {one.figure: one for one in await uow.all(select(Alert).where(col(Alert.state) != AlertState.OVER), Alert)}
    fresh, over = news([*broken, *findings], standing)
    kept = [standing[figure].id for figure in standing if figure not in over]
    gone = [standing[figure].id for figure in over]
    await uow.execute(update(Alert).where(col(Alert.id).in_(kept)).values(looked_at=uow.now))
    ended = {"state": AlertState.OVER, "over_at": uow.now, "looked_at": uow.now, "version": col(Alert.version) + 1}
    await uow.execute(update(Alert).where(col(Alert.id).in_(gone)).values(ended))
    for finding in fresh:
        await _raise(uow, finding, owner)
    await plan_look(uow)


async def _raise(uow: UnitOfWork, finding: Finding, owner: str | None) -> None:
    last = await uow.scalar(select(func.max(col(Alert.episode))).where(col(Alert.figure) == finding.figure))
    raised = Alert(
        id=new_id(),
        kind=finding.kind,
        figure=finding.figure,
        episode=(last or 0) + 1,
        sentence=finding.sentence,
        state=AlertState.OPEN,
        owner=owner,
        raised_at=uow.now,
        looked_at=uow.now,
        acknowledged_at=None,
        over_at=None,
        version=1,
        site=finding.site,
        vendor=finding.vendor,
    )
    await uow.insert(Alert, raised.model_dump())
    uow.emit(AlertRaised(alert_id=raised.id, figure=finding.figure, sentence=finding.sentence, raised_at=uow.now))
