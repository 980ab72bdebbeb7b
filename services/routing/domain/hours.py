"""When a queue is open. A contact that comes while it is closed starts to wait when it opens; who waits at closing time is still served."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_TO_LOOK = 400


@dataclass(frozen=True, slots=True)
class Hours:
    """Local opening hours: weekdays with 0 for Monday, `closes` after `opens` on the same day."""

    time_zone: str
    weekdays: frozenset[int]
    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()
    """Local days on which it stays closed."""


def moment_at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when the clocks of a zone show this time on that day, in UTC: the first of two, reckoned on where clocks skip it."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def open_from(hours: Hours | None, now: datetime) -> datetime:
    """Return `now` while the queue is open (None: always), else the next opening in UTC."""
    if hours is None:
        return now
    zone = ZoneInfo(hours.time_zone)
    today = now.astimezone(zone).date()
    for offset in range(DAYS_TO_LOOK):
        day = today + timedelta(days=offset)
        if day.weekday() not in hours.weekdays or day in hours.holidays:
            continue
        opens = moment_at(day, hours.opens, zone)
        closes = moment_at(day, hours.closes, zone)
        if now < closes:
            return max(now, opens)
    return now
