"""When to ask: not when the call ends but when the goods are in hand, after a while, at an hour that is decent where the customer lives."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

DAYS_TO_LOOK_AHEAD = 43
"""A week always holds an open day; six cover a day whose window a clock change swallowed, and the longest run of holidays of any country."""


class Window(BaseModel):
    """The decent hours: from `start` (included) to `end` (excluded), local wall clock, on the ISO weekdays (1 is Monday)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time
    end: time
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1, max_length=7)

    @model_validator(mode="after")
    def _must_be_a_stretch_of_one_day(self) -> "Window":
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            message = "start and end are local wall-clock times without an offset"
            raise ValueError(message)
        if self.start >= self.end:
            message = "start must be before end; a window does not run over midnight"
            raise ValueError(message)
        if len(set(self.weekdays)) != len(self.weekdays):
            message = "weekdays are different numbers from 1 (Monday) to 7 (Sunday)"
            raise ValueError(message)
        return self

    def is_open(self, local: datetime) -> bool:
        """Say whether this local wall-clock moment lies inside."""
        return local.isoweekday() in self.weekdays and self.start <= local.time() < self.end


def next_decent_moment(wanted: datetime, zone: ZoneInfo, window: Window, is_day_off: Callable[[date], bool] | None = None) -> datetime:
    """Return the first moment (UTC) at or after `wanted` that lies in the window on the recipient's own clock, and on no day off.

    A start that a clock change skips is read an hour later (02:30 that does not exist becomes 03:30); a start that happens twice
    means the first one, unless that is already past.
    """
    local = wanted.astimezone(zone)
    if window.is_open(local) and not (is_day_off and is_day_off(local.date())):
        return wanted.astimezone(UTC)
    for days in range(DAYS_TO_LOOK_AHEAD):
        day = local.date() + timedelta(days=days)
        if day.isoweekday() not in window.weekdays or (is_day_off and is_day_off(day)):
            continue
        opening = _opening(day, zone, window, wanted)
        if opening is not None:
            return opening
    message = f"no opening of {window} within {DAYS_TO_LOOK_AHEAD} days of {wanted.isoformat()}"
    raise ValueError(message)


def _opening(day: date, zone: ZoneInfo, window: Window, not_before: datetime) -> datetime | None:
    """Return when the window opens on `day`, or None when it does not open there or opened before `not_before`."""
    for fold in (0, 1):
        moment = datetime.combine(day, window.start, zone).replace(fold=fold).astimezone(UTC)
        if moment >= not_before and window.is_open(moment.astimezone(zone)):
            return moment
    return None


def ready_to_ask(ended_at: datetime, delivered_at: datetime | None, delay: timedelta) -> datetime:
    """Return the earliest moment to ask: the delay runs from the end of the contact or from the delivery, whichever is later."""
    return max(ended_at, delivered_at or ended_at) + delay
