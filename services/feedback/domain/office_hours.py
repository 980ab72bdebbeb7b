"""Promises are given in office hours: Monday to Friday, 9 to 17, in the zone of the office."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(17)
SATURDAY = 5
AT_NIGHT = time(3)


def after_office_hours(start: datetime, hours: float, zone: str) -> datetime:
    """Return the moment at which `hours` of open office have passed since `start`, in UTC."""
    place = ZoneInfo(zone)
    left = timedelta(hours=hours)
    day = start.astimezone(place).date()
    while True:
        if day.weekday() < SATURDAY:
            opens = max(start, datetime.combine(day, OPENS, place).astimezone(UTC))
            closes = datetime.combine(day, CLOSES, place).astimezone(UTC)
            if closes > opens:
                if left <= closes - opens:
                    return (opens + left).astimezone(UTC)
                left -= closes - opens
        day += timedelta(days=1)


def next_night(now: datetime, zone: str) -> datetime:
    """Return the next three o'clock in the morning at the office, in UTC: when work is done that needs nobody."""
    place = ZoneInfo(zone)
    here = now.astimezone(place)
    tonight = datetime.combine(here.date(), AT_NIGHT, place)
    return (tonight if tonight > here else datetime.combine(here.date() + timedelta(days=1), AT_NIGHT, place)).astimezone(UTC)
