"""Resolution by topic and team: the gaps of any period and part of the house, and the needs that the daily looks found."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, tuple_
from sqlmodel import col

from services.insight.contract import PeriodView, TrainingGapsView, TrainingGapView, TrainingNeedView
from services.insight.domain.period import Asked, Period
from services.insight.domain.training import FALSE_DISCOVERIES, LEAST, Need, needs
from services.insight.models import AnswerFact, TrainingNeed
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import share_moved
from services.insight.queries.narrow import compared_with, named_in, period_of, within
from services.insight.repository.limits import is_limited
from services.insight.repository.rollups import tally
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import decode_cursor, encode_cursor

LOOKED_BACK = timedelta(days=90)
MOST_EVIDENCE = 10
WHOLE = Asked(None, None, {})
Pair = tuple[str, str]
"""Topic and team; the topic is the driver."""
Counts = dict[Pair, tuple[int, int]]
Evidence = dict[Pair, list[UUID]]


def _told(tx: Tx, period: Period, asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on answers about resolution whose topic and team are known."""
    kept = (col(AnswerFact.kind) == "resolved", col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    known = (col(AnswerFact.driver).is_not(None), col(AnswerFact.team).is_not(None))
    return [*kept, *known, *within(tx, AnswerFact, "answered_at", period, asked)]


async def resolution_by_team(tx: Tx, period: Period, asked: Asked) -> Counts:
    """Return (topic, team) to (resolved, answers)."""
    topic, team = col(AnswerFact.driver), col(AnswerFact.team)
    good = tally(col(AnswerFact.mark) == "yes").label("good")
    rows = await tx.rows(select(topic, team, good, func.count().label("n")).where(*_told(tx, period, asked)).group_by(topic, team))
    return {(row["driver"], row["team"]): (int(row["good"]), row["n"]) for row in rows}


async def looked_at(tx: Tx) -> Counts:
    """Return what a daily look judges: the last 90 days of the whole house."""
    return await resolution_by_team(tx, Period(tx.now - LOOKED_BACK, tx.now), WHOLE)


async def _evidence(tx: Tx, pairs: Sequence[Pair], period: Period, asked: Asked) -> Evidence:
    """Return the newest contacts that were not resolved, a few for each topic and team."""
    found: Evidence = {pair: [] for pair in pairs}
    if not pairs:
        return found
    topic, team = col(AnswerFact.driver), col(AnswerFact.team)
    order = (col(AnswerFact.answered_at).desc(), col(AnswerFact.contact_id))
    number = func.row_number().over(partition_by=(topic, team), order_by=order).label("number")
    bad = (tuple_(topic, team).in_(pairs), col(AnswerFact.mark) != "yes", col(AnswerFact.contact_id).is_not(None))
    numbered = select(topic, team, col(AnswerFact.contact_id), number).where(*_told(tx, period, asked), *bad).subquery()
    for row in await tx.rows(select(numbered).where(numbered.c.number <= MOST_EVIDENCE).order_by(numbered.c.number)):
        found[row["driver"], row["team"]].append(row["contact_id"])
    return found


async def training_gaps(tx: Tx, team: str | None, asked: Asked) -> TrainingGapsView:
    """Return how far each team is from all others on each topic, what surely needs training first, beside the comparison period.

    All others are those that the reader may see within the filters. A team is no filter: alone it would have nobody to be compared with.
    """
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    counts, before = await resolution_by_team(tx, period, asked), await resolution_by_team(tx, past, asked)
    shown = sorted((one for one in needs(counts) if team in {None, one.team}), key=lambda one: (not one.found, one.effect, one.topic, one.team))
    evidence = await _evidence(tx, [(one.topic, one.team) for one in shown], period, asked)
    return TrainingGapsView(
        definition_id="training_gap@1",
        period=PeriodView(start=period.start, end=period.end),
        compared_with=PeriodView(start=past.start, end=past.end),
        filters={**asked.filters, **({} if team is None else {"team": team})},
        complete=not is_limited(tx),
        false_discoveries=FALSE_DISCOVERIES,
        minimum=LEAST,
        gaps=[_gap(one, before, counts, evidence) for one in shown],
        too_few=sum(team in {None, whose} for _, whose in counts) - len(shown),
    )


def _gap(need: Need, before: Counts, now: Counts, evidence: Evidence) -> TrainingGapView:
    pair = (need.topic, need.team)
    good, n = now[pair]
    return TrainingGapView(
        topic=need.topic,
        team=need.team,
        numerator=good,
        n=n,
        value=good / n,
        rest=need.rest,
        effect=need.effect,
        interval=interval_view(need.interval),
        adjusted_p=need.adjusted_p,
        found=need.found,
        change=share_moved(before.get(pair, (0, 0)), (good, n)),
        evidence=evidence[pair],
    )


async def training_needs(
    tx: Tx, team: str | None, state: str | None, asked: Asked, page: tuple[str | None, int]
) -> tuple[list[TrainingNeedView], str | None]:
    """Return one page (cursor, size) of the needs that were found in the time that is named, open ones and large gaps first.

    They compare teams of the whole house: a reader of some sites or vendors only sees none, and asks for gaps instead.
    """
    cursor, limit = page
    first = _place(cursor)
    order = (col(TrainingNeed.state), col(TrainingNeed.effect), col(TrainingNeed.id))
    statement = select(TrainingNeed).where(*named_in(col(TrainingNeed.found_at), asked)).order_by(*order).offset(first).limit(limit + 1)
    if is_limited(tx):
        statement = statement.where(false())
    if team is not None:
        statement = statement.where(col(TrainingNeed.team) == team)
    if state is not None:
        statement = statement.where(col(TrainingNeed.state) == state)
    found = await tx.all(statement, TrainingNeed)
    shown = found[:limit]
    looks = [one.looked_at for one in shown] or [tx.now]
    evidence = await _evidence(tx, [(one.topic, one.team) for one in shown], Period(min(looks) - LOOKED_BACK, max(looks)), WHOLE)
    views = [_need(one, evidence[one.topic, one.team]) for one in shown]
    return views, encode_cursor(str(first + limit)) if len(found) > limit else None


def _need(found: TrainingNeed, evidence: list[UUID]) -> TrainingNeedView:
    judged = {"period": PeriodView(start=found.looked_at - LOOKED_BACK, end=found.looked_at), "filters": {}, "method": "newcombe"}
    return TrainingNeedView.model_validate({**found.model_dump(), **judged, "definition_id": "training_gap@1", "evidence": evidence})


def _place(cursor: str | None) -> int:
    """Return how many needs the pages before showed: there is one a topic and team, and looks come once a day, so a count is enough."""
    place = "0" if cursor is None else decode_cursor(cursor, 1)[0]
    if not (place.isdecimal() and len(place) <= len("999999")):
        raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor")
    return int(place)
