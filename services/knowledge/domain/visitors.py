"""Who stands behind a vote without a session: nobody's address is kept, and nobody is known again on another day."""

import hashlib
import hmac
from datetime import date
from ipaddress import ip_address, ip_network
from uuid import UUID

STRANGERS = 30
"""Visitors without a session and without an address of their own (behind a proxy that does not tell it) who count on one article in a day."""
_HOME = 64
"""Bits of an IPv6 address that are one household's or one company's: it may choose the others as it likes."""


def caller_of(address: str | None) -> str | None:
    """Return what tells one caller from another; None of an address inside a house or a data centre, which is that of a proxy."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if not found.is_global:
        return None
    return str(found) if found.version == 4 else str(ip_network((found, _HOME), strict=False))  # noqa: PLR2004  IPv4


def stand_ins(caller: str | None, day: date, key: bytes) -> list[UUID]:
    """Return the ids under which somebody without a session votes on this day: one of a known caller, some of all others together."""
    numbers = range(STRANGERS) if caller is None else range(1)
    return [_stand_in(f"{caller}\n{day.isoformat()}\n{number}", key) for number in numbers]


def _stand_in(told: str, key: bytes) -> UUID:
    return UUID(bytes=hmac.new(key, told.encode(), hashlib.sha256).digest()[:16])
