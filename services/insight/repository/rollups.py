"""Sums by day: which days they no longer hold for, and how they are made anew.

A writer leaves a mark for each day it touches, in the transaction that changes the facts. Readers take marked days from the facts, all others
from the sums. Whoever adds up takes the marks first and the facts after: a writer that commits in between leaves a mark of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, literal, select
from sqlmodel import SQLModel, col

from services.insight.domain.definitions import CSAT
from services.insight.domain.period import WEEK, begin_of, begin_of_bucket, bucket_of, day_of
from services.insight.models import (
    AnswerDay,
    AnswerFact,
    ContactDay,
    ContactFact,
    FeedbackDay,
    FeedbackFact,
    SatisfactionDay,
    TouchedDay,
)
from services.kit.db import Tx, UnitOfWork
from services.kit.ids import new_id

ADD_UP = "add_up_days"
SOON = timedelta(minutes=2)
AT_A_TIME = 8
"""Days added up in one transaction: a few hundredths of a second of the writer's time."""


def tally(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count the rows for which a condition holds; 0 when there are no rows."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@dataclass(frozen=True)
class Sums:
    """How one table of sums comes from facts: `keys` group, `numbers` add up, `where` chooses; all by column name of the sums."""

    table: type[SQLModel]
    fact: type[SQLModel]
    at: str
    keys: dict[str, ColumnElement[Any]]
    numbers: dict[str, ColumnElement[Any]]
    where: tuple[ColumnElement[bool], ...] = ()

    def from_facts(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        """Return keys and numbers of the facts that fit."""
        shown = [expression.label(name) for name, expression in (self.keys | self.numbers).items()]
        return select(*shown).where(*self.where, *conditions).group_by(*self.keys.values())


def _known(fact: Any, *names: str) -> dict[str, ColumnElement[Any]]:
    return {name: func.coalesce(getattr(fact, name), literal("", literal_execute=True)) for name in names}


def _where_cause() -> tuple[str, ...]:
    return ("driver", "department", "site", "vendor")


def _added(condition: ColumnElement[bool], weight: ColumnElement[Any]) -> ColumnElement[float]:
    """Add up the weights of the rows for which a condition holds."""
    return func.coalesce(func.sum(case((condition, weight), else_=0.0)), 0.0)


_COUNTED = col(AnswerFact.flagged).is_(False)
_SURE = _COUNTED & col(AnswerFact.probability).is_not(None)
_WEIGHT = 1 / col(AnswerFact.probability)
_WEIGHTS: dict[str, ColumnElement[Any]] = {"known": tally(_SURE), "weight": _added(_SURE, _WEIGHT), "squares": _added(_SURE, _WEIGHT * _WEIGHT)}
"""What design weights need, over the answers whose probability of being asked is known."""
_SATISFIED = col(AnswerFact.mark).in_(sorted(CSAT.good))
CONTACTS = Sums(
    ContactDay,
    ContactFact,
    "ended_at",
    _known(ContactFact, *_where_cause()),
    {
        "contacts": func.count(),
        "handle_ms": func.coalesce(func.sum(col(ContactFact.handle_ms)), 0),
        "cents": func.coalesce(func.sum(col(ContactFact.cost_cents)), 0),
        "unpriced": tally(col(ContactFact.cost_cents).is_(None)),
    },
)
FEEDBACK = Sums(
    FeedbackDay,
    FeedbackFact,
    "said_at",
    _known(FeedbackFact, *_where_cause()),
    {
        "items": func.count(),
        "judged": tally(col(FeedbackFact.sentiment).is_not(None)),
        "negative": tally(col(FeedbackFact.sentiment) == literal("negative", literal_execute=True)),
    },
)
ANSWERS = Sums(
    AnswerDay,
    AnswerFact,
    "answered_at",
    _known(AnswerFact, "kind", "mark", "site", "vendor"),
    {
        "answers": tally(_COUNTED),
        "flagged": tally(col(AnswerFact.flagged).is_(True)),
        **_WEIGHTS,
    },
    (col(AnswerFact.place) == literal(0, literal_execute=True),),
)
SATISFACTION = Sums(
    SatisfactionDay,
    AnswerFact,
    "answered_at",
    _known(AnswerFact, *_where_cause()),
    {"answers": func.count(), "satisfied": tally(_SATISFIED), **_WEIGHTS, "good_weight": _added(_SURE & _SATISFIED, _WEIGHT)},
    (
        col(AnswerFact.kind) == literal(CSAT.question_kind, literal_execute=True),
        col(AnswerFact.place) == literal(0, literal_execute=True),
        _COUNTED,
        col(AnswerFact.mark).in_(sorted(CSAT.valid)),
    ),
)
SUBJECTS: dict[str, tuple[Sums, ...]] = {"contact": (CONTACTS,), "feedback": (FEEDBACK,), "answer": (ANSWERS, SATISFACTION)}
SUBJECT_OF: dict[Any, str] = {ContactFact: "contact", FeedbackFact: "feedback", AnswerFact: "answer"}


async def touch(uow: UnitOfWork, subject: str, moments: Iterable[datetime | None]) -> None:
    """Mark the days of these moments as changed, and see to it that they are added up soon."""
    days = sorted({day_of(moment) for moment in moments if moment is not None})
    if not days:
        return
    planned = await uow.scalar(select(col(TouchedDay.id)).limit(1))
    await uow.insert(TouchedDay, *({"id": new_id(), "subject": subject, "day": day} for day in days))
    if planned is None:
        await uow.schedule(ADD_UP, key="house", at=uow.now + SOON)


async def touch_where(uow: UnitOfWork, fact: type[SQLModel], which: ColumnElement[bool]) -> None:
    """Mark every day from the first to the last fact that fits."""
    subject = SUBJECT_OF[fact]
    at = getattr(fact, SUBJECTS[subject][0].at)
    row = (await uow.rows(select(func.min(at).label("first"), func.max(at).label("last")).where(which)))[0]
    if row["first"] is not None:
        await touch(uow, subject, [begin_of(day) for day in range(day_of(row["first"]), day_of(row["last"]) + 1)])


async def touched(tx: Tx, subject: str, days: range) -> list[int]:
    """Return the days in a range whose sums do not hold."""
    if not days:
        return []
    which = (col(TouchedDay.subject) == subject, col(TouchedDay.day) >= days.start, col(TouchedDay.day) < days.stop)
    return [row["day"] for row in await tx.rows(select(col(TouchedDay.day)).where(*which).distinct())]


async def add_up(uow: UnitOfWork) -> int:
    """Add up some of the days that changed, oldest first; return how many days still wait."""
    marked = select(col(TouchedDay.subject), col(TouchedDay.day)).distinct().order_by(col(TouchedDay.day), col(TouchedDay.subject))
    waiting = list(await uow.rows(marked))
    weeks = set()
    for row in waiting[:AT_A_TIME]:
        weeks.add((row["subject"], begin_of_bucket(bucket_of(row["day"], WEEK), WEEK)))
        mine = (col(TouchedDay.subject) == row["subject"], col(TouchedDay.day) == row["day"])
        await uow.execute(delete(TouchedDay).where(*mine))
        for sums in SUBJECTS[row["subject"]]:
            await _add_up(uow, sums, row["day"])
    for subject, monday in sorted(weeks):
        for sums in SUBJECTS[subject]:
            await _add_week(uow, sums, monday)
    return max(0, len(waiting) - AT_A_TIME)


async def _add_up(uow: UnitOfWork, sums: Sums, day: int) -> None:
    table, at = sums.table, getattr(sums.fact, sums.at)
    where: Any = table
    await uow.execute(delete(table).where(where.days == 1, where.day == day))
    found = sums.from_facts(at >= begin_of(day), at < begin_of(day + 1)).subquery()
    names = [*sums.keys, *sums.numbers]
    chosen = select(literal(1).label("days"), literal(day).label("day"), *(found.c[name] for name in names))
    await uow.execute(insert(table).from_select(["days", "day", *names], chosen))


async def _add_week(uow: UnitOfWork, sums: Sums, monday: int) -> None:
    """Add the days of a week up; readers take it when none of its days waits any more."""
    where: Any = sums.table
    await uow.execute(delete(sums.table).where(where.days == WEEK, where.day == monday))
    group = [getattr(where, name) for name in sums.keys]
    numbers = [func.sum(getattr(where, name)).label(name) for name in sums.numbers]
    found = select(*group, *numbers).where(where.days == 1, where.day >= monday, where.day < monday + WEEK).group_by(*group).subquery()
    names = [*sums.keys, *sums.numbers]
    chosen = select(literal(WEEK).label("days"), literal(monday).label("day"), *(found.c[name] for name in names))
    await uow.execute(insert(sums.table).from_select(["days", "day", *names], chosen))


async def mark_everything(uow: UnitOfWork) -> int:
    """Mark all days that have facts, so that every sum is made anew; return how many days there are over all kinds."""
    total = 0
    for fact, subject in SUBJECT_OF.items():
        at = getattr(fact, SUBJECTS[subject][0].at)
        row = (await uow.rows(select(func.min(at).label("first"), func.max(at).label("last"))))[0]
        for sums in SUBJECTS[subject]:
            await uow.execute(delete(sums.table))
        if row["first"] is not None:
            days = range(day_of(row["first"]), day_of(row["last"]) + 1)
            await touch(uow, subject, [begin_of(day) for day in days])
            total += len(days)
    return total


async def mark_if_new(uow: UnitOfWork) -> None:
    """Mark everything when there are facts and not a single sum or mark: after an upgrade from a version without sums."""
    for one in (TouchedDay, ContactDay, AnswerDay, FeedbackDay):
        if await uow.scalar(select(literal(1)).select_from(one).limit(1)) is not None:
            return
    await mark_everything(uow)
