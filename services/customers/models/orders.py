"""Orders."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from services.customers.domain.money import as_text
from services.customers.models.base import INDIRECT, Base


class CustomerOrder(Base, table=True):
    """An order and what became of it."""

    __tablename__ = "customer_order"
    __table_args__ = (Index("customer_order_newest", "customer_id", "placed_at", "id"),)

    id: UUID = Field(primary_key=True)
    order_reference: str = Field(unique=True, sa_column_kwargs=INDIRECT)
    customer_id: UUID
    product: str | None
    state: str
    """placed, delivered or cancelled."""
    placed_at: datetime
    closed_at: datetime | None
    """When it was delivered or cancelled."""
    version: int
    amount_thousandths: int | None = Field(default=None, sa_type=BigInteger)
    """What it cost, in thousandths of the currency's unit; both are None when nobody said."""
    currency: str | None = None

    @property
    def amount(self) -> str | None:
        """What it cost, as decimal text."""
        return None if self.amount_thousandths is None else as_text(self.amount_thousandths)
