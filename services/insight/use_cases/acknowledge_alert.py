"""Somebody looks after an alert."""

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from services.insight.domain.alerts import AlertState
from services.insight.models import Alert
from services.insight.repository.limits import alerts_shown
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, NotFound
from services.kit.fields import Command, Name


class AlertOver(Conflict):
    """What the alert was about is over: there is nothing left to look after."""

    code = "alert_over"


class AcknowledgeAlert(Command):
    """Who looks after it from now on; whoever says so when left out."""

    owner: Name | None = None


async def acknowledge_alert(uow: UnitOfWork, alert_id: UUID, command: AcknowledgeAlert) -> Alert:
    """Take an alert, or hand it on; raises NotFound, also for those who do not see it, and AlertOver."""
    owner = command.owner or (uow.principal.subject if uow.principal else None)
    mine = (col(Alert.id) == alert_id, *alerts_shown(uow))
    taken = {"state": AlertState.ACKNOWLEDGED, "owner": owner, "acknowledged_at": uow.now, "version": col(Alert.version) + 1}
    changed = await uow.execute(update(Alert).where(*mine, col(Alert.state) != AlertState.OVER).values(taken))
    found = await uow.first(select(Alert).where(*mine), Alert)
    if found is None:
        raise NotFound(f"There is no alert {alert_id}.")
    if not changed:
        raise AlertOver(f"Alert {alert_id} is over since {found.over_at:%Y-%m-%d}.")
    return found
