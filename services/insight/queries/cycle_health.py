"""Where the cycle breaks, in the whole house or in a part of it: one count per stage, judged in domain.cycle."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, desc, func, or_, select
from sqlmodel import col

from services.insight.contract import CycleHealthView, StageView
from services.insight.domain.cycle import Judged, Stage, State, judge, verdict
from services.insight.domain.effect import made_in
from services.insight.domain.period import DEFAULT_DAYS, Asked, Period, begin_of, day_of
from services.insight.models import (
    ArticleUse,
    ContactDay,
    ContactFact,
    FeedbackFact,
    FollowUpFact,
    Initiative,
    InvitationFact,
    OptOutFact,
    ResponseFact,
    StageLook,
    ToldFact,
)
from services.insight.queries.moved import share_moved
from services.insight.queries.narrow import compared_with, period_of, quoted
from services.insight.queries.placed import asks, duties, items, of, opt_outs, responses
from services.insight.repository.limits import is_limited
from services.insight.repository.rollups import tally
from services.kit.db import Tx

WORST_DRIVERS = 5
LOOKED_AT = {"site": 50, "vendor": 50, "department": 20, "team": 20, "product": 20, "segment": 20}
"""Parts of the house that a day's look takes in: so many of each, those with the most contacts."""
Query = Select[int, int]


def _counts(hit: ColumnElement[bool]) -> Query:
    return select(tally(hit).label("hits"), func.count().label("n"))


def _in(moment: Any, period: Period) -> ColumnElement[bool]:
    return and_(moment >= period.start, moment < period.end)


def _collect(tx: Tx, period: Period, asked: Asked) -> Query:
    answered = select(col(ResponseFact.response_id)).where(
        col(ResponseFact.invitation_id) == col(InvitationFact.invitation_id),
        col(ResponseFact.flagged).is_(False),
    )
    when = _in(col(InvitationFact.invited_at), period)
    return _counts(answered.exists()).select_from(InvitationFact).where(when, *asks(tx, asked))


def _categorise(tx: Tx, period: Period, asked: Asked) -> Query:
    named = col(FeedbackFact.driver).is_not(None)
    return _counts(named).select_from(FeedbackFact).where(_in(col(FeedbackFact.said_at), period), *items(tx, asked))


def _own(tx: Tx, period: Period, asked: Asked) -> Query:
    closed, due = col(FollowUpFact.closed_at), col(FollowUpFact.due_at)
    in_time = or_(and_(closed.is_not(None), closed <= due), and_(closed.is_(None), due >= tx.now))
    return _counts(in_time).select_from(FollowUpFact).where(_in(col(FollowUpFact.opened_at), period), *duties(tx, asked))


async def _act(tx: Tx, period: Period, asked: Asked, minimum: int) -> tuple[int, int]:
    """Count the worst drivers of a part of the house, and those of them that a started initiative removes there."""
    driver = col(FeedbackFact.driver)
    negative = (_in(col(FeedbackFact.said_at), period), col(FeedbackFact.sentiment) == "negative", driver.is_not(None))
    ranked = select(driver).where(*negative, *items(tx, asked)).group_by(driver).having(func.count() >= max(1, minimum))
    worst = [row["driver"] for row in await tx.rows(ranked.order_by(desc(func.count()), driver).limit(WORST_DRIVERS))]
    started = (col(Initiative.driver).in_(worst), col(Initiative.started_at) < period.end)
    found = await tx.rows(select(col(Initiative.driver), col(Initiative.control)).where(*started))
    here = _place(tx, asked)
    return len({row["driver"] for row in found if made_in((row["control"] or {}).get("where", {}), here)}), len(worst)


def _place(tx: Tx, asked: Asked) -> dict[str, Collection[str]]:
    """Return what is looked at, by name: what is asked for, else what the reader may see; what is not named is not narrowed."""
    sites, vendors = (tx.principal.sites, tx.principal.vendors) if tx.principal is not None else (None, None)
    limits: dict[str, Collection[str] | None] = {"site": sites, "vendor": vendors}
    return {name: values for name, values in limits.items() if values is not None} | {name: (value,) for name, value in asked.filters.items()}


def _looked_at(tx: Tx, asked: Asked) -> str | None:
    """Return what the daily looks call this part of the house; None for one that they never see by itself."""
    part = _place(tx, asked)
    if not part:
        return ""
    (name, values), *more = part.items()
    return f"{name}={next(iter(values))}" if not more and name in LOOKED_AT and len(values) == 1 else None


async def places_to_look_at(tx: Tx) -> list[tuple[str, str]]:
    """Return (site, vendor, department, team, product or segment; which one) of where there were contacts lately, those with the most first."""
    found: list[tuple[str, str]] = []
    first = day_of(tx.now) - DEFAULT_DAYS
    for name, most in LOOKED_AT.items():
        here: Any
        contacts: Any
        lately: tuple[Any, ...]
        if hasattr(ContactDay, name):  # sums know it: read by day instead of by contact
            here, contacts = col(getattr(ContactDay, name)), func.sum(col(ContactDay.contacts))
            lately = (col(ContactDay.days) == 1, col(ContactDay.day) >= first, here != "")
        else:
            here, contacts = col(getattr(ContactFact, name)), func.count()
            lately = (col(ContactFact.ended_at) >= begin_of(first), here.is_not(None))
        ranked = select(here.label("part")).where(*lately).group_by(here).order_by(desc(contacts), here)
        found += [(name, row["part"]) for row in await tx.rows(ranked.limit(most))]
    return found


def _practise(tx: Tx, period: Period, asked: Asked) -> Query:
    by_contact = select(col(ArticleUse.event_id)).where(col(ArticleUse.contact_id) == col(ContactFact.contact_id))
    by_case = select(col(ArticleUse.event_id)).where(col(ArticleUse.case_id) == col(ContactFact.case_id))
    used = or_(col(ContactFact.articles_used) > 0, by_contact.exists(), by_case.exists())
    return _counts(used).select_from(ContactFact).where(_in(col(ContactFact.ended_at), period), *of(tx, ContactFact, asked))


def _tell(tx: Tx, period: Period, asked: Asked) -> Query:
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
        .where(_in(col(Initiative.published_at), period), *items(tx, asked))
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


async def _left_out(tx: Tx, period: Period, asked: Asked) -> tuple[int, int]:
    """Return how many responses looked like a scanner's, and how many customers asked not to be asked."""
    told, opted_out = _in(col(ResponseFact.told_at), period), _in(col(OptOutFact.opted_out_at), period)
    flagged = select(func.count()).select_from(ResponseFact).where(told, col(ResponseFact.flagged).is_(True), *responses(tx, asked))
    opted = select(func.count()).select_from(OptOutFact).where(opted_out, *opt_outs(tx, asked))
    return await tx.scalar(flagged), await tx.scalar(opted)


def _asides(flagged: int, opted_out: int) -> str:
    said = [f"{flagged} flagged {'answer was' if flagged == 1 else 'answers were'} left out"] if flagged else []
    said += [f"{opted_out} asked not to be asked again"] if opted_out else []
    return f"In the period {' and '.join(said)}." if said else ""


Count = tuple[int, int, int]
"""How many, of how many, and of how many at least to be judged."""


async def _counted(tx: Tx, period: Period, asked: Asked, minimum: int) -> dict[Stage, Count]:
    """Count every stage over a period, in the order of the cycle."""
    questions = {
        Stage.COLLECT: (_collect, minimum),
        Stage.CATEGORISE: (_categorise, minimum),
        Stage.OWN: (_own, 1),
        Stage.PRACTISE: (_practise, minimum),
        Stage.TELL: (_tell, 1),
    }
    found = {Stage.ACT: (*await _act(tx, period, asked, minimum), 1)}
    for stage, (question, least) in questions.items():
        row = (await tx.rows(question(tx, period, asked)))[0]
        found[stage] = (int(row["hits"]), int(row["n"]), max(1, least))
    return {stage: found[stage] for stage in Stage}


def _view(judged: Judged, before: Count) -> StageView:
    hits, n, least = before
    known = n >= least and judged.value is not None
    return StageView.model_validate(
        {
            **asdict(judged),
            "definition_id": f"cycle_{judged.stage}@1",
            "change": share_moved((hits, n), (judged.numerator, judged.n)) if known else None,
        }
    )


async def cycle_health(tx: Tx, asked: Asked, thresholds: Mapping[str, float], minimum: int) -> CycleHealthView:
    """Judge all six stages over a period and a part of the house; `thresholds` names one share per stage.

    The daily looks are at the whole house, at each site and at each vendor: since when any other part is broken nobody has seen.
    """
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    before = await _counted(tx, past, asked, minimum)
    looks = select(StageLook).where(col(StageLook.place) == _looked_at(tx, asked), col(StageLook.state) == State.BROKEN)
    known = {row.stage: row.since for row in await tx.all(looks, StageLook)}
    stages = []
    for stage, (hits, n, least) in (await _counted(tx, period, asked, minimum)).items():
        judged = judge(stage, hits, n, threshold=thresholds[stage], minimum=least)
        stages.append(_with_age(judged, known.get(stage), tx.now))
    flagged, opted_out = await _left_out(tx, period, asked)
    return CycleHealthView(
        stages=[_view(judged, before[judged.stage]) for judged in stages],
        broken=[judged.stage for judged in stages if judged.state is State.BROKEN],
        sentence=" ".join([verdict(stages, {stage: since for stage, since in known.items() if since}, tx.now), _asides(flagged, opted_out)]).strip(),
        flagged_answers=flagged,
        opted_out=opted_out,
        complete=not is_limited(tx),
        **quoted(period, past, asked),
    )
