"""What a look finds, and the alerts that stand."""

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from services.insight.contract import AlertView
from services.insight.domain.alerts import CHANGE_RATE, Finding, Moved, Outside, change_found, outlier_found
from services.insight.domain.definitions import CES, CSAT, RESOLUTION
from services.insight.domain.period import Asked
from services.insight.models import Alert
from services.insight.queries.narrow import named_in
from services.insight.queries.newest import newest
from services.insight.queries.places import places
from services.insight.queries.trend import trend
from services.insight.repository.limits import alerts_shown
from services.kit.db import Tx

WATCHED = (CSAT, CES, RESOLUTION)
"""Dissatisfaction is left out: it nearly mirrors satisfaction, and nobody wants to be told twice."""
PLACES = ("site", "vendor")
LAST_MONTH = Asked(None, None, {})


async def changes(tx: Tx) -> list[Finding]:
    """Return the figures that changed within the last 30 days."""
    found = []
    for figure in WATCHED:
        seen = await trend(tx, figure.key, LAST_MONTH, CHANGE_RATE, 1)
        if seen.alarms and seen.before is not None and seen.after is not None and seen.changed_at is not None:
            found.append(change_found(Moved(figure.key, figure.name, seen.before, seen.after, seen.changed_at)))
    return found


async def outliers(tx: Tx) -> list[Finding]:
    """Return the sites and vendors that satisfy their customers less than chance explains; a place that does better is no alert."""
    found: list[Finding] = []
    for by in PLACES:
        funnel = await places(tx, CSAT.key, by, LAST_MONTH)
        centre = funnel.centre or 0.0
        worse = [one for one in funnel.places if one.signal == "out" and one.share < centre]
        found += [outlier_found(Outside(CSAT.key, by, one.key, CSAT.name, one.good, one.n, centre)) for one in worse]
    return found


async def listed(tx: Tx, state: str | None, kind: str | None, asked: Asked, page: tuple[str | None, int]) -> tuple[list[AlertView], str | None]:
    """Return one page (cursor, size) of the alerts that stood at any time that is named, newest first, and where the next one begins.

    The filters `site` and `vendor` keep it to the alerts of that place.
    """
    statement = select(Alert).where(*_stood(asked), *alerts_shown(tx), *(getattr(Alert, name) == value for name, value in asked.filters.items()))
    if state is not None:
        statement = statement.where(col(Alert.state) == state)
    if kind is not None:
        statement = statement.where(col(Alert.kind) == kind)
    return await newest(tx, statement, Alert, AlertView, page)


def _stood(asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on alerts that were raised before the end of a time and were not over at its begin; raises PeriodEmpty."""
    named_in(col(Alert.raised_at), asked)
    since = [] if asked.start is None else [or_(col(Alert.over_at).is_(None), col(Alert.over_at) >= asked.start)]
    return since if asked.end is None else [*since, col(Alert.raised_at) < asked.end]
