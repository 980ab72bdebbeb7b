"""A shift as it is stored, and as the plan reckons with it."""

from datetime import UTC, date, datetime, time
from typing import Any

from services.routing.domain.shifts import Dated, Shift, Weekly
from services.routing.domain.spans import Span


def shift_of(document: dict[str, Any], time_zone: str) -> Shift:
    """Return a shift as the plan reckons with it."""
    weekly, dated = document["weekly"], document["dated"]
    if dated is not None:
        return Dated(_span(dated), tuple(_span(each) for each in dated["breaks"]))
    return Weekly(
        time_zone=document["time_zone"] or time_zone,
        weekdays=frozenset(weekly["weekdays"]),
        starts=time.fromisoformat(weekly["starts"]),
        ends=time.fromisoformat(weekly["ends"]),
        first_day=date.fromisoformat(weekly["first_day"]),
        last_day=None if weekly["last_day"] is None else date.fromisoformat(weekly["last_day"]),
        except_days=frozenset(date.fromisoformat(day) for day in weekly["except_days"]),
        breaks=tuple((time.fromisoformat(each["starts"]), time.fromisoformat(each["ends"])) for each in weekly["breaks"]),
    )


def _span(told: dict[str, str]) -> Span:
    begins, ends = (datetime.fromisoformat(told[name]).astimezone(UTC) for name in ("starts_at", "ends_at"))
    return Span(begins, ends)
