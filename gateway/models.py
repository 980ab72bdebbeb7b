"""Tables of the gateway alone: it keeps keys, no business data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.kit.tables import kit_tables

INDIRECT = {"info": {"pii": "indirect"}}


class Base(SQLModel, registry=registry()):
    """Tables of this service alone."""


class AccessKey(Base, table=True):
    """An API key: its name in clear, its secret only as a keyed hash."""

    __tablename__ = "access_key"

    id: UUID = Field(primary_key=True)
    public_id: str = Field(unique=True)
    fingerprint: str
    holder: str = Field(index=True, sa_column_kwargs=INDIRECT)
    roles: list[Any] = Field(sa_type=JSON)
    scopes: list[Any] = Field(sa_type=JSON)
    sites: list[Any] | None = Field(sa_type=JSON)
    vendors: list[Any] | None = Field(sa_type=JSON)
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_on: datetime | None
    slot: int | None
    """1 or 2 while the key may be live: the unique constraint, not a count, keeps a holder at two. None once it is known to be over."""

    __table_args__ = (UniqueConstraint("holder", "slot"),)


KIT = kit_tables(Base.metadata)
