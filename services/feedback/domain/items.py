"""Words for a feedback item's life, and what identifies its content."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

IMPORTED, RECEIVED, CATEGORISED, REMOVED = "imported", "received", "categorised", "removed"
"""An item is imported (stored, not told of yet), received (told of, not read yet), categorised, or removed by its author."""

ANSWER, SERVICE_REVIEW, PRODUCT_REVIEW, CALL_NOTE, EMAIL = "answer", "service_review", "product_review", "call_note", "email"


@dataclass(frozen=True, slots=True)
class NewItem:
    """A voice on its way in, in whichever form it came; the text is still as it was said."""

    source: str
    external_id: str
    kind: str
    text: str
    said_at: datetime
    title: str | None = None
    language: str | None = None
    score: float | None = None
    scale_max: float | None = None
    customer_id: UUID | None = None
    customer_keys: tuple[tuple[str, str], ...] = ()
    contact_id: UUID | None = None
    case_id: UUID | None = None
    hint_driver: str | None = None
    wants_contact: bool = False
    contact_channel: str | None = None
    counted: bool = True
    author: str | None = None
    """What the platform calls who wrote it; no key, and kept only while the customer is not known."""
    place: str | None = None
    """The site or branch that it is about, where the platform says so."""

    def digest(self) -> str:
        """Return what tells whether the same external id came with other content."""
        told = (self.kind, self.title, self.text, self.score, self.scale_max, self.wants_contact)
        return hashlib.sha256(repr(told).encode("utf-8", "replace")).hexdigest()[:32]
