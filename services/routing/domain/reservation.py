"""The life of a reservation: pending, accepted, wrapping, completed, and the four ways in which an offer comes to nothing."""

from datetime import datetime, timedelta
from enum import StrEnum


class ReservationStatus(StrEnum):
    """rescinded: the customer left. superseded: the offer was withdrawn by us (agent left, contact moved)."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    WRAPPING = "wrapping"
    COMPLETED = "completed"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    RESCINDED = "rescinded"
    SUPERSEDED = "superseded"


HOLDING = (ReservationStatus.PENDING, ReservationStatus.ACCEPTED, ReservationStatus.WRAPPING)
"""While a reservation is in one of these it holds one place of the agent's capacity."""

_NEXT: dict[ReservationStatus, frozenset[ReservationStatus]] = {
    ReservationStatus.PENDING: frozenset(
        {
            ReservationStatus.ACCEPTED,
            ReservationStatus.REJECTED,
            ReservationStatus.TIMEOUT,
            ReservationStatus.RESCINDED,
            ReservationStatus.SUPERSEDED,
        }
    ),
    ReservationStatus.ACCEPTED: frozenset({ReservationStatus.WRAPPING, ReservationStatus.COMPLETED}),
    ReservationStatus.WRAPPING: frozenset({ReservationStatus.COMPLETED}),
}


def may_become(status: str, following: ReservationStatus) -> bool:
    """Tell whether `following` is allowed after `status`; a closed reservation has no successor."""
    return following in _NEXT.get(ReservationStatus(status), frozenset())


def predecessors(status: ReservationStatus) -> tuple[ReservationStatus, ...]:
    """Return the states from which `status` is reached: the WHERE of every change of status."""
    return tuple(before for before, after in _NEXT.items() if status in after)


def has_expired(expires_at: datetime, now: datetime) -> bool:
    """An offer is over at the very instant it expires, whether or not the clockwork has noticed."""
    return now >= expires_at


def cooled_down(excluded_at: datetime, now: datetime, cool_down: timedelta) -> bool:
    """Tell whether somebody who let a contact pass may be asked again (once everybody else was)."""
    return now >= excluded_at + cool_down
