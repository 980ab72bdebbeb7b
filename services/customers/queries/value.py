"""What customers are worth to the house, by recency, frequency and money (RFM; Hughes, Strategic Database Marketing, 1994)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping, Table, case, func, select
from sqlmodel import col

from services.customers.contract import AmountView, ValueView
from services.customers.domain.money import as_text
from services.customers.models import CustomerOrder
from services.customers.queries.newest import newest_of_each, of_people
from services.kit.db import Tx

WINDOW = timedelta(days=365)
CANCELLED = "cancelled"


async def values(tx: Tx, people: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, ValueView]:
    """Return the value of each person (survivor's id -> records), over all records, in two statements."""
    records = [record for own in people.values() for record in own]
    customer, currency = col(CustomerOrder.customer_id), func.coalesce(col(CustomerOrder.currency), "").label("currency")
    kept = case((col(CustomerOrder.state) != CANCELLED, 1), else_=0)
    numbers = (
        func.count().label("orders"),
        func.sum(kept).label("kept"),
        func.sum(kept * func.coalesce(col(CustomerOrder.amount_thousandths), 0)).label("amount"),
    )
    recent = (customer.in_(records), col(CustomerOrder.placed_at) > tx.now - WINDOW)
    sums = await tx.rows(select(customer, currency, *numbers).where(*recent).group_by(customer, currency).order_by(currency))
    table: Table = CustomerOrder.__table__  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    columns = [table.c.customer_id, table.c.placed_at, table.c.id]
    newest = await newest_of_each(tx, table, columns, (table.c.placed_at, table.c.id), records, 1, table.c.state != CANCELLED)
    last = of_people(newest, people, ("placed_at", "id"), 1)
    return {person: _value(tx, [row for row in sums if row["customer_id"] in own], last[person]) for person, own in people.items()}


def _value(tx: Tx, sums: Sequence[RowMapping], last: Sequence[RowMapping]) -> ValueView:
    amounts: dict[str, int] = {}
    for row in sums:
        if row["currency"] and row["kept"]:
            amounts[row["currency"]] = amounts.get(row["currency"], 0) + int(row["amount"])
    kept = sum(int(row["kept"]) for row in sums)
    last_at = last[0]["placed_at"] if last else None
    return ValueView(
        window_days=WINDOW.days,
        orders=kept,
        cancelled=sum(row["orders"] for row in sums) - kept,
        without_amount=sum(int(row["kept"]) for row in sums if not row["currency"]),
        amounts=[AmountView(currency=currency, amount=as_text(amount)) for currency, amount in sorted(amounts.items())],
        last_order_at=last_at,
        recency_days=None if last_at is None else max(0, (tx.now - last_at).days),
    )
