"""Identifiers."""

from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): unique anywhere, and growing with time, so that primary keys are appended, not scattered."""
    return uuid7()


def new_id_text() -> str:
    """Return the same as text, without the detour over a UUID object: for the kit's hot paths."""
    return str(uuid_utils.uuid7())
