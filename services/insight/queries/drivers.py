"""Why customers had to make contact, which department caused it, and what it costs: sums by day, joined by driver."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, case, func, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import DriverView, MoneyView
from services.insight.domain.charge import amount
from services.insight.domain.definitions import CSAT
from services.insight.domain.figures import Heard, share
from services.insight.domain.period import Asked, Period
from services.insight.models import DriverOwner, FeedbackFact, FollowUpFact
from services.insight.queries.metrics import share_view
from services.insight.queries.narrow import compared_with, period_of, quoted
from services.insight.queries.placed import duties
from services.insight.queries.summed import summed
from services.insight.repository.rollups import CONTACTS, FEEDBACK, SATISFACTION, Sums, tally
from services.kit.db import Tx

MS_PER_MINUTE = 60_000
DEFINED = {"contacts": "contacts@1", "cost": "cost@1", "follow_ups_overdue": "overdue@1", "negative": "negative_share@1", "csat": CSAT.definition_id}
Numbers = dict[str | None, RowMapping]


async def _by_driver(tx: Tx, statement: Any) -> Numbers:
    return {row["driver"] or None: row for row in await tx.rows(statement)}


async def _added(tx: Tx, sums: Sums, period: Period, asked: Asked, **labels: str) -> Numbers:
    """Add up a table of sums by driver; `labels` gives its numbers the names used here."""
    found = await summed(tx, sums, period, asked, by=("driver", "department"))
    numbers = [func.sum(found.c[name]).label(labels.get(name, name)) for name in sums.numbers]
    department = func.max(func.nullif(found.c.department, "")).label("department")
    return await _by_driver(tx, select(found.c.driver, department, *numbers).group_by(found.c.driver))


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
        .join(FeedbackFact, item, isouter=True)
        .where(col(FollowUpFact.closed_at).is_(None), *duties(tx, asked))
        .group_by(driver)
    )
    return await _by_driver(tx, statement)


async def drivers(tx: Tx, asked: Asked, minimum: int) -> list[DriverView]:
    """Return every driver of the period, the dearest first; contacts without a known driver stand under null."""
    period = period_of(tx, asked)
    contacts = await _added(tx, CONTACTS, period, asked)
    then = {"contacts": "contacts_before", "cents": "cents_before", "unpriced": "unpriced_before", "handle_ms": "handle_before"}
    before = compared_with(asked, period)
    past = await _added(tx, CONTACTS, before, asked, **then)
    feedback = await _added(tx, FEEDBACK, period, asked, judged="n")
    answers = await _added(tx, SATISFACTION, period, asked, answers="n")
    follow_ups = await _follow_ups(tx, asked)
    owners = {row["driver"]: row["department"] for row in await tx.rows(select(col(DriverOwner.driver), col(DriverOwner.department)))}
    currency = await repository.currency(tx)
    found: dict[str | None, dict[str, Any]] = defaultdict(dict)
    for part in (follow_ups, answers, feedback, past, contacts):
        for driver, row in part.items():
            kept = {name: value for name, value in row.items() if name not in {"driver", "n", "items"} and value is not None}
            found[driver] |= kept
    for driver, numbers in found.items():
        numbers["department"] = owners.get(driver) or numbers.get("department")
        numbers["feedback"] = int(feedback[driver]["n"]) if driver in feedback else 0
        numbers["answers"] = int(answers[driver]["n"]) if driver in answers else 0
    shared = {"definitions": DEFINED, **quoted(period, before, asked)}
    views = [_view(driver, numbers, (currency, minimum), shared) for driver, numbers in found.items()]
    return sorted(views, key=lambda view: (-float(view.cost.amount) if view.cost else 0.0, -view.contacts, view.driver or "~"))


def _before(numbers: dict[str, Any], currency: str | None) -> MoneyView | None:
    """Return what the driver cost in the comparison period; None while no contact had a price."""
    priced = numbers.get("contacts_before", 0) > numbers.get("unpriced_before", 0)
    return MoneyView(amount=amount(int(numbers["cents_before"])), currency=currency) if priced and currency is not None else None


def heard_in(row: Mapping[str, Any] | RowMapping) -> Heard:
    """Return what sums of satisfaction say of the answers behind them."""
    counts = [int(row.get(name) or 0) for name in ("satisfied", "answers", "known")]
    return Heard(*counts, *(float(row.get(name) or 0) for name in ("weight", "squares", "good_weight")))


def _view(driver: str | None, numbers: dict[str, Any], said: tuple[str | None, int], shared: dict[str, Any]) -> DriverView:
    currency, minimum = said
    cents = numbers.get("cents") if numbers.get("contacts", 0) > numbers.get("unpriced", 0) else None
    negative = share(int(numbers.get("negative", 0)), numbers["feedback"], minimum=minimum)
    csat = share(int(numbers.get("satisfied", 0)), numbers["answers"], minimum=minimum)
    priced = cents is not None and currency is not None
    return DriverView(
        driver=driver,
        department=numbers["department"] if driver is not None else None,
        contacts=int(numbers.get("contacts", 0)),
        handle_minutes=round(int(numbers.get("handle_ms", 0)) / MS_PER_MINUTE, 2),
        cost=MoneyView(amount=amount(int(cents or 0)), currency=currency or "") if priced else None,
        unpriced_contacts=int(numbers.get("unpriced", 0)),
        contacts_before=int(numbers.get("contacts_before", 0)),
        cost_before=_before(numbers, currency),
        negative=share_view(DEFINED["negative"], negative),
        csat=share_view(CSAT.definition_id, csat, heard_in(numbers), minimum),
        follow_ups_open=numbers.get("open", 0),
        follow_ups_overdue=numbers.get("overdue", 0),
        **shared,
    )
