"""Identifiers."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): unique anywhere, and growing with time, so that primary keys are appended, not scattered."""
    return uuid7()
