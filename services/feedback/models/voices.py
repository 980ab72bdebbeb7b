"""What was said, what it is about, whose duty it became. Text is stored masked; what was cut out stands beside it, sealed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from services.feedback.models.base import DIRECT as _DIRECT
from services.feedback.models.base import FREE as _FREE
from services.feedback.models.base import INDIRECT as _INDIRECT
from services.feedback.models.base import NONE as _NONE
from services.feedback.models.base import Base

_IMPORTED = text("state = 'imported'")


class Item(Base, table=True):
    """One voice: an answer, a review, a call note. Labels stand as they are now; their history is in `correction`."""

    __tablename__ = "item"
    __table_args__ = (
        Index("item_source_external", "source", "external_id", unique=True),
        Index("item_customer", "customer_id", "id"),
        Index("item_driver", "driver", "said_at"),
        Index("item_imported", "id", postgresql_where=_IMPORTED, sqlite_where=_IMPORTED),
        Index("item_waiting", "categorise_from", postgresql_where=text("state = 'received'"), sqlite_where=text("state = 'received'")),
        Index("item_text", "text_digest", postgresql_where=text("text_digest IS NOT NULL"), sqlite_where=text("text_digest IS NOT NULL")),
        Index("item_review", "review_rank", "id", postgresql_where=text("review_rank IS NOT NULL"), sqlite_where=text("review_rank IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    source: str
    external_id: str = Field(sa_column_kwargs=_INDIRECT)
    kind: str
    state: str
    version: int
    digest: str
    customer_id: UUID | None = Field(sa_column_kwargs=_INDIRECT)
    customer_keys: list[dict[str, str]] = Field(sa_type=JSON, sa_column_kwargs=_DIRECT)
    contact_id: UUID | None = Field(sa_column_kwargs=_INDIRECT)
    case_id: UUID | None = Field(sa_column_kwargs=_INDIRECT)
    title: str | None = Field(sa_column_kwargs=_FREE)
    text: str = Field(sa_column_kwargs=_FREE)
    sealed: bytes | None = Field(sa_column_kwargs=_DIRECT)
    score: float | None
    scale_max: float | None
    hint_driver: str | None
    wants_contact: bool
    contact_channel: str | None
    counted: bool
    language: str | None
    sentiment: str | None
    severity: int | None
    driver: str | None
    department: str | None
    product: str | None
    decision: str | None
    labels: list[dict[str, Any]] = Field(sa_type=JSON)
    reasons: list[str] = Field(sa_type=JSON)
    review_rank: float | None
    follow_up_id: UUID | None
    categorise_from: datetime
    said_at: datetime
    received_at: datetime
    attributes: dict[str, str] | None = Field(default=None, sa_type=JSON, sa_column_kwargs=_INDIRECT)
    """Segment and demographics that came with it, for slices; None without any."""
    emotion: str | None = Field(default=None)
    """anger, sadness, joy or neutral; None before it was read, or without words."""
    aspects: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON)
    """Sentences that judge the service, the process or the product: dimension, sentiment, confidence, and where in the text (start, end)."""
    text_digest: str | None = Field(default=None, sa_column_kwargs=_INDIRECT)
    """Hash of the words as they are read: the same words elsewhere are likely the same voice."""
    duplicate_of: UUID | None = Field(default=None, sa_column_kwargs=_INDIRECT)
    """The item that this one repeats; None for a voice of its own. A merged item is not counted."""
    matched_by: str | None = Field(default=None, sa_column_kwargs=_INDIRECT)
    """Who said by hand whose it is; None when keys did."""
    changed_at: datetime | None = Field(default=None)
    """When the platform says that this version was made; an older one that comes later does not replace it. None where it does not say."""


class ItemAuthor(Base, table=True):
    """Who wrote an item, as its platform shows them: a help to find the customer, gone as soon as one is known."""

    __tablename__ = "item_author"

    item_id: UUID = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=_DIRECT)
    place: str | None = Field(sa_column_kwargs=_INDIRECT)
    """The site or branch that it is about."""


class ItemVector(Base, table=True):
    """What the embedder made of an item: corrections are learned from it without reading the text again."""

    __tablename__ = "item_vector"

    item_id: UUID = Field(primary_key=True, sa_column_kwargs=_INDIRECT)
    embedder: str
    vector: bytes = Field(sa_column_kwargs=_INDIRECT)
    language: str | None


class Correction(Base, table=True):
    """A person put a label right. Rows are only ever added."""

    __tablename__ = "correction"
    __table_args__ = (Index("correction_item", "item_id", "id"), Index("correction_axis", "axis", "id"))

    id: UUID = Field(primary_key=True)
    item_id: UUID
    axis: str
    was: str | None
    now: str
    by: str = Field(sa_column_kwargs=_INDIRECT)
    at: datetime
    was_source: str | None = Field(default=None, sa_column_kwargs=_NONE)
    """Model, rule or person with its version that had said `was`; None when nothing had."""
    was_decision: str | None = Field(default=None)
    was_confidence: float | None = Field(default=None)
    by_lot: bool | None = Field(default=None)
    """Whether the item was shown because the lot chose it: only those say without bias how good the model is."""


class Department(Base, table=True):
    """Who causes contacts and answers for them."""

    __tablename__ = "department"

    key: str = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=_NONE)
    version: int


class TaxonomyCode(Base, table=True):
    """A code of the axis driver or product, with everything that it is recognised by."""

    __tablename__ = "taxonomy_code"

    axis: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    names: dict[str, str] = Field(sa_type=JSON)
    description: str = Field(sa_column_kwargs=_NONE)
    department: str | None
    product: str | None
    examples: list[str] = Field(sa_type=JSON)
    active: bool
    version: int
    parent: str | None = Field(default=None)
    """The wider code of the same axis that this one belongs to; None at the top."""
    merged_into: str | None = Field(default=None)
    """The code that took this one's place; its labels stay as they were given and count as the other's in figures and in learning."""


class LearnedHead(Base, table=True):
    """One version of one learned head, as npz (plain arrays and JSON)."""

    __tablename__ = "learned_head"

    axis: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    embedder: str
    weights: bytes
    trained_on: int
    accuracy: float | None
    learned_at: datetime
    state: str = Field(default="live", sa_column_kwargs={"server_default": "live"})
    """live, or held: it reads the frozen sample worse than the one in use, or a person took it out of use."""
    frozen_accuracy: float | None = Field(default=None)
    """Share of the frozen sample (every tenth confirmed label) that it read right before it had learned any of it; None while there are too few."""
    note: str | None = Field(default=None, sa_column_kwargs=_NONE)
    quality: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """What the frozen sample says, class by class, at the time of learning."""
    frozen_readings: dict[str, str] | None = Field(default=None, sa_type=JSON)
    """The code that was read then of each item of the sample, by the item's id; None without a sample."""


class TextVector(Base, table=True):
    """Vectors of taxonomy texts, so that a code that did not change is not embedded again."""

    __tablename__ = "text_vector"

    digest: str = Field(primary_key=True)
    embedder: str = Field(primary_key=True)
    vector: bytes


class CustomerAlias(Base, table=True):
    """A customer that turned out to be another; rows go when the merge is undone."""

    __tablename__ = "customer_alias"
    __table_args__ = (Index("customer_alias_survivor", "survivor_id"),)

    merged_id: UUID = Field(primary_key=True, sa_column_kwargs=_INDIRECT)
    survivor_id: UUID = Field(sa_column_kwargs=_INDIRECT)
    merge_id: UUID
