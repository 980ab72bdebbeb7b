"""What leaves the house and what may become of it; the carriers themselves are adapters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """One ask or reminder, ready to leave. The same key twice is one message, for every carrier that looks at it."""

    key: str
    channel: str
    address: str
    language: str
    text: str
    subject: str = ""
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    """Of the customer, where the carrier writes the letter itself."""
    wanted_at: datetime | None = None


class CarrierRefused(Exception):
    """The carrier will never take this message to this address; another way may be tried."""


class CarrierAway(Exception):
    """The carrier surely did not take it: it could not be reached, or said that it is busy. The same may be tried again."""


class CarrierUnsure(Exception):
    """The carrier may have taken it: only the same key may be tried again, and no other way, or somebody is asked twice."""


class Carrier(Protocol):
    """Takes messages of one channel."""

    async def carry(self, parcel: Parcel) -> str | None:
        """Hand it over; return the carrier's own reference, or None. Raises CarrierRefused, CarrierAway or CarrierUnsure."""


def key_of(invitation_id: object, purpose: str) -> str:
    """Return the idempotency key of a message: the invitation's id, and for a reminder its number behind it."""
    return str(invitation_id) if purpose == ASK else f"{invitation_id}.{purpose}"


ASK = "ask"
"""The purpose of the first message; reminders are `reminder_1`, `reminder_2`, …"""
