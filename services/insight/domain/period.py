"""Spans of time and slices of the business that a figure is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

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


def resolve(start: datetime | None, end: datetime | None, now: datetime) -> Period | None:
    """Fill in what was not said: up to now, from 30 days before the end. None when the span is empty or runs backwards."""
    last = end or now
    first = start or last - timedelta(days=DEFAULT_DAYS)
    return Period(first, last) if first < last else None
