"""All departments' charges at once, and what changes are worth."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import (
    BusinessCaseView,
    ChargeBackView,
    ChargeView,
    MoneyView,
    PeriodView,
)
from services.insight.domain.charge import amount, rate_text, seconds
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.savings import business_case
from services.insight.models import Budget, ContactFact, Department, Dispute
from services.insight.queries.moved import contacts_moved
from services.insight.queries.narrow import compared_with, period_of, quoted, within
from services.insight.queries.summed import summed
from services.insight.repository.limits import is_limited
from services.insight.repository.rollups import CONTACTS
from services.kit.db import Tx
from services.kit.errors import Refused

YEAR = timedelta(days=365)
DEFINED = {"contacts": "contacts@1", "amount": "cost@1", "total": "cost@1", "share": "cost@1", "budget_share": "budget_share@1"}
FORMULA = "minutes saved on a contact x contacts a year / 60 x price of an hour"


class CaseIncomplete(Refused):
    """A business case needs a number of contacts a year and the price of an hour, given or measured by a driver."""

    code = "business_case_incomplete"


async def _disputed(tx: Tx, period: Period, asked: Asked) -> dict[str | None, int]:
    joined = select(col(ContactFact.department), func.count().label("n")).join(Dispute, col(Dispute.contact_id) == col(ContactFact.contact_id))
    chosen = joined.where(*within(tx, ContactFact, "ended_at", period, asked), col(Dispute.state) == "open")
    return {row["department"]: row["n"] for row in await tx.rows(chosen.group_by(col(ContactFact.department)))}


async def _by_department(tx: Tx, period: Period, asked: Asked) -> Sequence[Any]:
    sums = await summed(tx, CONTACTS, period, asked, by=("department",))
    numbers = [func.sum(sums.c[name]).label(name) for name in CONTACTS.numbers]
    return await tx.rows(select(sums.c.department, *numbers).group_by(sums.c.department))


def _against(charge: ChargeView, old: Any, past: Period, period: Period) -> ChargeView:
    """Add what the department was charged in the comparison period."""
    contacts, cents = (int(old["contacts"]), int(old["cents"])) if old is not None else (0, 0)
    change = contacts_moved((contacts, past), (charge.contacts, period))
    return charge.model_copy(update={"contacts_before": contacts, "amount_before": amount(cents), "contacts_change": change})


async def charge_back(tx: Tx, asked: Asked) -> ChargeBackView:
    """Return what every department is charged; the lines add up to the total, because both are sums of the same cents.

    A department that was charged in the comparison period alone is there with nothing, so that the amounts of that period add up too.
    """
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    rows, before = await _by_department(tx, period, asked), await _by_department(tx, past, asked)
    old = {row["department"] or None: row for row in before}
    names = {row["key"]: row["name"] for row in await tx.rows(select(col(Department.key), col(Department.name)))}
    budgets = {row["department"]: row["cents_a_year"] for row in await tx.rows(select(col(Budget.department), col(Budget.cents_a_year)))}
    disputed = await _disputed(tx, period, asked)
    total = sum(int(row["cents"]) for row in rows)
    length = (period.end - period.start) / YEAR
    now = {row["department"] or None for row in rows}
    quiet = [{"department": key, **dict.fromkeys(CONTACTS.numbers, 0)} for key in old if key not in now]
    charges = [_charge(row, total, names, budgets, disputed, length) for row in (*rows, *quiet)]
    charges = [_against(one, old.get(one.department), past, period) for one in charges]
    return ChargeBackView(
        definitions=DEFINED,
        currency=await repository.currency(tx),
        total=amount(total),
        total_before=amount(sum(int(row["cents"]) for row in before)),
        contacts=sum(int(row["contacts"]) for row in rows),
        complete=not is_limited(tx),
        charges=sorted(charges, key=lambda one: (-Decimal(one.amount), one.department or "~")),
        **quoted(period, past, asked),
    )


def _charge(row: Any, total: int, names: dict[str, str], budgets: dict[str, int], disputed: dict[str | None, int], length: float) -> ChargeView:
    key, cents = row["department"] or None, int(row["cents"])
    budget = round(budgets[key] * length) if key in budgets else None
    return ChargeView(
        department=key,
        name=names.get(key, key) if key else None,
        contacts=int(row["contacts"]),
        handle_seconds=seconds(int(row["handle_ms"])),
        amount=amount(cents),
        share=cents / total if total else None,
        unpriced_contacts=int(row["unpriced"]),
        contacts_before=0,
        contacts_change=None,
        amount_before=amount(0),
        disputed_contacts=disputed.get(key, 0),
        budget=None if budget is None else amount(budget),
        budget_share=cents / budget if budget else None,
    )


async def make_case(tx: Tx, minutes: float, contacts: float | None, per_hour: Decimal | None, driver: str | None, asked: Asked) -> BusinessCaseView:
    """Return what saving so many minutes is worth; what is not given is measured from the driver's contacts of the period."""
    basis, counted_in, filters = "given", None, {}
    if contacts is None and driver is not None:
        period = period_of(tx, asked)
        conditions = [*within(tx, ContactFact, "ended_at", period, asked), col(ContactFact.driver) == driver]
        counted: int = await tx.scalar(select(func.count()).select_from(ContactFact).where(*conditions))
        contacts, basis = counted * (YEAR / (period.end - period.start)), "measured"
        counted_in, filters = PeriodView(start=period.start, end=period.end), {**asked.filters, "driver": driver}
    if per_hour is None:
        rate = await repository.current_rate(tx, "agent", "", tx.now)
        per_hour = Decimal(rate_text(rate.per_hour_micros)) if rate else None
    if contacts is None or per_hour is None:
        raise CaseIncomplete("Give contacts_a_year or a driver, and per_hour or a cost rate for agent.", pointer="/contacts_a_year")
    worth = business_case(minutes, contacts, float(per_hour))
    return BusinessCaseView(
        definition_id="business_case@1",
        period=counted_in,
        filters=filters,
        minutes_saved=minutes,
        contacts_a_year=contacts,
        per_hour=f"{per_hour:f}",
        worth=MoneyView(amount=amount(round(worth * 100)), currency=await repository.currency(tx) or ""),
        formula=FORMULA,
        basis=basis,
    )
