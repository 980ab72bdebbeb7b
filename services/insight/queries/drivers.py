"""Why customers had to make contact, which department caused it, and what it costs: four set-based reads, joined by driver."""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, case, func, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import DriverView, MoneyView, ShareView
from services.insight.domain.charge import amount
from services.insight.domain.definitions import CSAT
from services.insight.domain.figures import share
from services.insight.domain.period import Asked, Period
from services.insight.models import AnswerFact, ContactFact, DriverOwner, FeedbackFact, FollowUpFact
from services.insight.queries.narrow import is_limited, period_of, seen, within
from services.kit.db import Tx

MS_PER_MINUTE = 60_000
Numbers = dict[str | None, RowMapping]


def tally(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Count the rows for which a condition holds; 0 when there are no rows."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


async def _by_driver(tx: Tx, statement: Any) -> Numbers:
    return {row["driver"]: row for row in await tx.rows(statement)}


async def _contacts(tx: Tx, period: Period, asked: Asked) -> Numbers:
    driver = col(ContactFact.driver)
    columns = (
        driver,
        func.count().label("contacts"),
        func.sum(col(ContactFact.handle_ms)).label("handle_ms"),
        func.sum(col(ContactFact.cost_cents)).label("cents"),
        tally(col(ContactFact.cost_cents).is_(None)).label("unpriced"),
        func.max(col(ContactFact.department)).label("department"),
    )
    conditions = within(tx, ContactFact, "ended_at", period, asked)
    return await _by_driver(tx, select(*columns).where(*conditions).group_by(driver))


async def _feedback(tx: Tx, period: Period, asked: Asked) -> Numbers:
    driver = col(FeedbackFact.driver)
    negative = tally(col(FeedbackFact.sentiment) == "negative").label("negative")
    department = func.max(col(FeedbackFact.department)).label("department")
    conditions = [*within(tx, FeedbackFact, "said_at", period, asked), col(FeedbackFact.sentiment).is_not(None)]
    statement = select(driver, func.count().label("n"), negative, department).where(*conditions).group_by(driver)
    return await _by_driver(tx, statement)


async def _answers(tx: Tx, period: Period, asked: Asked) -> Numbers:
    driver = col(AnswerFact.driver)
    satisfied = tally(col(AnswerFact.mark).in_(sorted(CSAT.good))).label("satisfied")
    department = func.max(col(AnswerFact.department)).label("department")
    conditions = [
        *within(tx, AnswerFact, "answered_at", period, asked),
        col(AnswerFact.kind) == CSAT.question_kind,
        col(AnswerFact.place) == 0,
        col(AnswerFact.flagged).is_(False),
        col(AnswerFact.mark).in_(sorted(CSAT.valid)),
    ]
    statement = select(driver, func.count().label("n"), satisfied, department).where(*conditions).group_by(driver)
    return await _by_driver(tx, statement)


async def _follow_ups(tx: Tx, asked: Asked) -> Numbers:
    """Count what is open now under the item's present driver, else under the issue that it was opened for."""
    issue = case((col(FollowUpFact.issue) == "general", None), else_=col(FollowUpFact.issue))
    driver = func.coalesce(col(FeedbackFact.driver), issue).label("driver")
    overdue = tally(col(FollowUpFact.due_at) < tx.now).label("overdue")
    item = col(FeedbackFact.item_id) == col(FollowUpFact.item_id)
    department = func.coalesce(col(FeedbackFact.department), col(FollowUpFact.department))
    statement = (
        select(driver, func.count().label("open"), overdue, func.max(department).label("department"))
        .select_from(FollowUpFact)
        .join(FeedbackFact, item, isouter=not is_limited(tx))
        .where(col(FollowUpFact.closed_at).is_(None), *seen(tx, FeedbackFact))
        .group_by(driver)
    )
    if "department" in asked.filters:
        statement = statement.where(department == asked.filters["department"])
    for name in ("site", "vendor"):
        if name in asked.filters:
            statement = statement.where(getattr(FeedbackFact, name) == asked.filters[name])
    return await _by_driver(tx, statement)


async def drivers(tx: Tx, asked: Asked, minimum: int) -> list[DriverView]:
    """Return every driver of the period, the dearest first; contacts without a known driver stand under null."""
    period = period_of(tx, asked)
    contacts = await _contacts(tx, period, asked)
    feedback = await _feedback(tx, period, asked)
    answers = await _answers(tx, period, asked)
    follow_ups = await _follow_ups(tx, asked)
    owners = {row["driver"]: row["department"] for row in await tx.rows(select(col(DriverOwner.driver), col(DriverOwner.department)))}
    currency = await repository.currency(tx)
    found: dict[str | None, dict[str, Any]] = defaultdict(dict)
    for part in (follow_ups, answers, feedback, contacts):
        for driver, row in part.items():
            kept = {name: value for name, value in row.items() if name not in {"driver", "n"} and value is not None}
            found[driver] |= kept
    for driver, numbers in found.items():
        numbers["department"] = owners.get(driver) or numbers.get("department")
        numbers["feedback"] = feedback[driver]["n"] if driver in feedback else 0
        numbers["answers"] = answers[driver]["n"] if driver in answers else 0
    views = [_view(driver, numbers, currency, minimum) for driver, numbers in found.items()]
    return sorted(views, key=lambda view: (-float(view.cost.amount) if view.cost else 0.0, -view.contacts, view.driver or "~"))


def _view(driver: str | None, numbers: dict[str, Any], currency: str | None, minimum: int) -> DriverView:
    cents = numbers.get("cents")
    negative = share(numbers.get("negative", 0), numbers["feedback"], minimum=minimum)
    csat = share(numbers.get("satisfied", 0), numbers["answers"], minimum=minimum)
    priced = cents is not None and currency is not None
    return DriverView(
        driver=driver,
        department=numbers["department"] if driver is not None else None,
        contacts=numbers.get("contacts", 0),
        handle_minutes=round(int(numbers.get("handle_ms", 0)) / MS_PER_MINUTE, 2),
        cost=MoneyView(amount=amount(int(cents or 0)), currency=currency or "") if priced else None,
        unpriced_contacts=numbers.get("unpriced", 0),
        negative=ShareView.model_validate(negative),
        csat=ShareView.model_validate(csat),
        follow_ups_open=numbers.get("open", 0),
        follow_ups_overdue=numbers.get("overdue", 0),
    )
