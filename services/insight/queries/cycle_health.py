"""Where the cycle breaks: one count per stage, judged in domain.cycle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, desc, func, or_, select
from sqlmodel import col

from services.insight.contract import CycleHealthView, PeriodView, StageView
from services.insight.domain.cycle import Judged, Stage, State, judge, verdict
from services.insight.domain.period import Asked, Period
from services.insight.models import (
    ArticleUse,
    ContactFact,
    FeedbackFact,
    FollowUpFact,
    Initiative,
    InvitationFact,
    OptOutFact,
    ResponseFact,
    StageState,
    ToldFact,
)
from services.insight.queries.narrow import period_of
from services.insight.repository.rollups import tally
from services.kit.db import Tx

WORST_DRIVERS = 5
Query = Select[int, int]


def _counts(hit: ColumnElement[bool]) -> Query:
    return select(tally(hit).label("hits"), func.count().label("n"))


def _in(moment: Any, period: Period) -> ColumnElement[bool]:
    return and_(moment >= period.start, moment < period.end)


def _collect(period: Period) -> Query:
    answered = select(col(ResponseFact.response_id)).where(
        col(ResponseFact.invitation_id) == col(InvitationFact.invitation_id),
        col(ResponseFact.flagged).is_(False),
    )
    return _counts(answered.exists()).select_from(InvitationFact).where(_in(col(InvitationFact.invited_at), period))


def _categorise(period: Period) -> Query:
    named = col(FeedbackFact.driver).is_not(None)
    return _counts(named).select_from(FeedbackFact).where(_in(col(FeedbackFact.said_at), period))


def _own(tx: Tx, period: Period) -> Query:
    closed, due = col(FollowUpFact.closed_at), col(FollowUpFact.due_at)
    in_time = or_(and_(closed.is_not(None), closed <= due), and_(closed.is_(None), due >= tx.now))
    return _counts(in_time).select_from(FollowUpFact).where(_in(col(FollowUpFact.opened_at), period))


def _act(period: Period, minimum: int) -> Query:
    driver = col(FeedbackFact.driver)
    negative = and_(_in(col(FeedbackFact.said_at), period), col(FeedbackFact.sentiment) == "negative", driver.is_not(None))
    ranked = select(driver).where(negative).group_by(driver).having(func.count() >= max(1, minimum))
    worst = ranked.order_by(desc(func.count()), driver).limit(WORST_DRIVERS).subquery()
    started = select(col(Initiative.id)).where(
        col(Initiative.driver) == worst.c.driver,
        col(Initiative.started_at) < period.end,
    )
    return _counts(started.exists()).select_from(worst)


def _practise(period: Period) -> Query:
    by_contact = select(col(ArticleUse.event_id)).where(col(ArticleUse.contact_id) == col(ContactFact.contact_id))
    by_case = select(col(ArticleUse.event_id)).where(col(ArticleUse.case_id) == col(ContactFact.case_id))
    used = or_(col(ContactFact.articles_used) > 0, by_contact.exists(), by_case.exists())
    return _counts(used).select_from(ContactFact).where(_in(col(ContactFact.ended_at), period))


def _tell(period: Period) -> Query:
    """Count each (initiative, customer who spoke about its driver from the baseline to the publication) once."""
    spoke = and_(
        col(FeedbackFact.driver) == col(Initiative.driver),
        col(FeedbackFact.said_at) >= col(Initiative.baseline_from),
        col(FeedbackFact.said_at) < col(Initiative.published_at),
        col(FeedbackFact.customer_id).is_not(None),
    )
    contributors = (
        select(col(Initiative.id).label("initiative_id"), col(FeedbackFact.customer_id).label("customer_id"))
        .join(FeedbackFact, spoke)
        .where(_in(col(Initiative.published_at), period))
        .distinct()
        .subquery()
    )
    told = select(col(ToldFact.id)).where(
        col(ToldFact.initiative_id) == contributors.c.initiative_id,
        col(ToldFact.customer_id) == contributors.c.customer_id,
    )
    return _counts(told.exists()).select_from(contributors)


def _with_age(judged: Judged, since: datetime | None, now: datetime) -> Judged:
    """Add for how long a broken stage has been broken, as the daily looks saw it."""
    if judged.state is not State.BROKEN or since is None:
        return judged
    days = (now - since).days
    return replace(judged, since=since, sentence=f"{judged.sentence} Broken since {since:%Y-%m-%d}, {days} {'day' if days == 1 else 'days'}.")


async def _left_out(tx: Tx, period: Period) -> tuple[int, int]:
    """Return how many responses looked like a scanner's, and how many customers asked not to be asked."""
    flagged = select(func.count()).select_from(ResponseFact).where(_in(col(ResponseFact.told_at), period), col(ResponseFact.flagged).is_(True))
    opted = select(func.count()).select_from(OptOutFact).where(_in(col(OptOutFact.opted_out_at), period))
    return await tx.scalar(flagged), await tx.scalar(opted)


def _asides(flagged: int, opted_out: int) -> str:
    said = [f"{flagged} flagged {'answer was' if flagged == 1 else 'answers were'} left out"] if flagged else []
    said += [f"{opted_out} asked not to be asked again"] if opted_out else []
    return f"In the period {' and '.join(said)}." if said else ""


async def cycle_health(tx: Tx, asked: Asked, thresholds: Mapping[str, float], minimum: int) -> CycleHealthView:
    """Judge all six stages over a period; `thresholds` names one share per stage."""
    period = period_of(tx, asked)
    questions = {
        Stage.COLLECT: (_collect(period), minimum),
        Stage.CATEGORISE: (_categorise(period), minimum),
        Stage.OWN: (_own(tx, period), 1),
        Stage.ACT: (_act(period, minimum), 1),
        Stage.PRACTISE: (_practise(period), minimum),
        Stage.TELL: (_tell(period), 1),
    }
    known = {row.stage: row.since for row in await tx.all(select(StageState), StageState) if row.state == State.BROKEN}
    stages = []
    for stage, (statement, least) in questions.items():
        row = (await tx.rows(statement))[0]
        judged = judge(stage, int(row["hits"]), int(row["n"]), threshold=thresholds[stage], minimum=least)
        stages.append(_with_age(judged, known.get(stage), tx.now))
    flagged, opted_out = await _left_out(tx, period)
    return CycleHealthView(
        period=PeriodView(start=period.start, end=period.end),
        stages=[StageView.model_validate(judged) for judged in stages],
        broken=[judged.stage for judged in stages if judged.state is State.BROKEN],
        sentence=" ".join([verdict(stages, {stage: since for stage, since in known.items() if since}, tx.now), _asides(flagged, opted_out)]).strip(),
        flagged_answers=flagged,
        opted_out=opted_out,
    )
