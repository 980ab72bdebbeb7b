"""Tables of sealing and forgetting."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from services.customers.models.base import DIRECT, Base


class SubjectKey(Base, table=True):
    """The key that seals what a record says of a person. Deleting it makes every copy unreadable, those in backups and free pages too."""

    __tablename__ = "subject_key"

    customer_id: UUID = Field(primary_key=True)
    wrapped: bytes
    """AES-256-GCM of the key under the installation's secret."""
    made_at: datetime


class IdentityHint(Base, table=True):
    """Something that a record may share with another of the same person, as a blind index."""

    __tablename__ = "identity_hint"
    __table_args__ = (Index("identity_hint_same", "kind", "hint"),)

    customer_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    hint: str = Field(primary_key=True, sa_column_kwargs=DIRECT)


class RefusedPair(Base, table=True):
    """Somebody said that two records are different persons; the smaller id comes first."""

    __tablename__ = "refused_pair"
    __table_args__ = (Index("refused_pair_other", "other_id"),)

    customer_id: UUID = Field(primary_key=True)
    other_id: UUID = Field(primary_key=True)
    refused_by: str
    refused_at: datetime


class Erasure(Base, table=True):
    """A person who asked to be forgotten, and how far that is; never deleted, since it proves that it was done."""

    __tablename__ = "erasure"

    id: UUID = Field(primary_key=True)
    person_id: UUID = Field(unique=True)
    requested_by: str
    requested_at: datetime
    told_at: datetime
    """When the services were told last."""
    rounds: int
    """How often they were told."""
    completed_at: datetime | None = Field(index=True)
    """When the last receipt came; None before."""
    version: int


class ErasureReceipt(Base, table=True):
    """What one service has to say about one record of the person."""

    __tablename__ = "erasure_receipt"

    erasure_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True)
    service: str = Field(primary_key=True)
    rows: int | None
    """How many rows were blanked or deleted; None while it has not answered."""
    received_at: datetime | None


class ErasedKey(Base, table=True):
    """The fingerprint of an erased person's key: nobody brings them back by accident."""

    __tablename__ = "erased_key"

    fingerprint: str = Field(primary_key=True)
    erased_at: datetime
