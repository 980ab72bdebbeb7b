"""What the gateway tells the others: which keys exist."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.kit.events import Event
from services.kit.fields import View


class KeyIssued(Event):
    """Somebody got a key; the key itself is shown once and told to nobody."""

    subject: ClassVar[str] = "gateway.key_issued.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("key_id",)

    key_id: UUID
    holder: str
    roles: list[str]
    issued_by: str
    expires_at: datetime | None


class KeyRevoked(Event):
    """A key opens nothing any more."""

    subject: ClassVar[str] = "gateway.key_revoked.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("key_id",)

    key_id: UUID
    holder: str
    revoked_by: str
    revoked_at: datetime


class KeyView(View):
    """A key as its keeper sees it: all but the secret."""

    id: UUID
    public_id: str
    holder: str
    roles: list[str]
    scopes: list[str]
    sites: list[str] | None
    """None: every site."""
    vendors: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    """None: until revoked."""
    revoked_at: datetime | None
    last_used_on: datetime | None
    """To the day; None while it was never used."""


class IssuedKeyView(KeyView):
    """A key just made: `key` is shown this once and cannot be read again."""

    key: str
