"""Spans of time and slices of the business that a figure is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DEFAULT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, but without, `end`; both aware UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: a span (None: open) and column filters, as they came in."""

    start: datetime | None
    end: datetime | None
    filters: Mapping[str, str]
    compared: tuple[datetime | None, datetime | None] = (None, None)
    """The span to compare with; None: the one of the same length before."""


def resolve(start: datetime | None, end: datetime | None, now: datetime) -> Period | None:
    """Fill in what was not said: up to now, from 30 days before the end. None when the span is empty or runs backwards."""
    last = end or now
    first = start or last - timedelta(days=DEFAULT_DAYS)
    return Period(first, last) if first < last else None


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(moment: datetime) -> int:
    """Return days since 1970-01-01 in UTC."""
    return (moment - EPOCH).days


def begin_of(day: int) -> datetime:
    """Return the first moment of a day."""
    return EPOCH + timedelta(days=day)


def whole_days(period: Period) -> range:
    """Return the days that lie in the period from their first to their last moment; empty for less than a day."""
    first = -((EPOCH - period.start) // timedelta(days=1))
    return range(first, max(first, day_of(period.end)))


def spans(days: Sequence[int]) -> list[Period]:
    """Join days to spans without gaps, in order."""
    found: list[tuple[int, int]] = []
    for day in sorted(set(days)):
        if found and found[-1][1] == day:
            found[-1] = (found[-1][0], day + 1)
        else:
            found.append((day, day + 1))
    return [Period(begin_of(first), begin_of(last)) for first, last in found]


def before(period: Period) -> Period:
    """Return the period of the same length that ends where this one begins."""
    return Period(period.start - (period.end - period.start), period.start)


WEEK = 7
_MONDAY = 3
"""1970-01-01 was a Thursday: three days after a Monday."""


def bucket_of(day: int, width: int) -> int:
    """Return the number of the span of `width` days that a day lies in: days themselves, or whole weeks from a Monday on."""
    return day if width == 1 else (day + _MONDAY) // width


def begin_of_bucket(bucket: int, width: int) -> int:
    """Return the first day of a span."""
    return bucket if width == 1 else bucket * width - _MONDAY


def whole_weeks(days: range, changed: Sequence[int]) -> list[int]:
    """Return the Mondays of the weeks that lie in a range of days and have none that changed."""
    touched = {bucket_of(day, WEEK) for day in changed}
    first, last = -(-(days.start + _MONDAY) // WEEK), (days.stop + _MONDAY) // WEEK
    return [begin_of_bucket(week, WEEK) for week in range(first, last) if week not in touched]
