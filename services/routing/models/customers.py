"""What routing keeps of customers."""

from uuid import UUID

from sqlmodel import Field

from services.routing.models.base import DIRECT, INDIRECT, Base


class CustomerStanding(Base, table=True):
    """What routing keeps of a customer: tier, mood and language, told by customers."""

    __tablename__ = "customer_standing"
    customer_id: UUID = Field(primary_key=True)
    tier: str | None
    mood: str | None
    language: str | None


class CustomerKey(Base, table=True):
    """Which customer a key names, so that a contact is known before it is answered."""

    __tablename__ = "customer_key"
    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True, sa_column_kwargs=DIRECT)
    customer_id: UUID = Field(index=True, sa_column_kwargs=INDIRECT)
