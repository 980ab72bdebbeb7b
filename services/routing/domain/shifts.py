"""When agents are planned to work: weekly or dated shifts with breaks, in local time, right across changes of the clocks.

An agent without any shift has no plan and may be asked whenever available. Shifts may overlap: who is planned to work in one of them works.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.routing.domain.contact import Activity, is_routable
from services.routing.domain.hours import moment_at
from services.routing.domain.spans import Span, joined, seconds, shared, without

LOOKED_AHEAD = timedelta(days=8)
LOOK_AGAIN = timedelta(days=7)
"""Who is planned for nothing before LOOKED_AHEAD is looked at again after this time."""
DAY = timedelta(days=1)
PRESENT = (Activity.AVAILABLE, Activity.TRAINING)
"""Activities of somebody who is at work; a talk goes on in `available`."""


class Planned(StrEnum):
    """What the plan says of an agent at a moment."""

    NONE = "none"
    WORK = "work"
    BREAK = "break"
    OFF = "off"


RESTING = (Planned.BREAK, Planned.OFF)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A shift of every week in local time; `ends` at or before `starts` is on the next day. 0 is Monday."""

    time_zone: str
    weekdays: frozenset[int]
    starts: time
    ends: time
    first_day: date
    last_day: date | None = None
    """None: until it is changed."""
    except_days: frozenset[date] = frozenset()
    """Local days on which it does not begin."""
    breaks: tuple[tuple[time, time], ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """One shift."""

    work: Span
    breaks: tuple[Span, ...] = ()


Shift = Weekly | Dated


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agent stands to the plan at a moment."""

    planned: Planned
    ends_at: datetime | None = None
    """End of the present shift; None while there is none."""
    changes_at: datetime | None = None
    """When to look again; None when nothing is planned any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned within a stretch of time."""

    work: list[Span]
    breaks: list[Span]
    present: list[Span]
    """Work and breaks together: from the beginning of a shift until its end."""


def plan_of(shifts: Iterable[Shift], begin: datetime, end: datetime) -> Plan:
    """Return what is planned; shifts that reach over `begin` or `end` come whole."""
    turns = [turn for shift in shifts for turn in _turns(shift, begin, end)]
    work = joined(part for turn in turns for part in without([turn.work], turn.breaks))
    present = joined(turn.work for turn in turns)
    return Plan(work, without(present, work), present)


def standing(shifts: Iterable[Shift], now: datetime) -> Standing:
    """Return how somebody with these shifts stands now."""
    known = list(shifts)
    if not known:
        return Standing(Planned.NONE)
    plan = plan_of(known, now, now + LOOKED_AHEAD)
    moments = [moment for span in (*plan.work, *plan.breaks) for moment in (span.begins, span.ends) if moment > now]
    later = now + LOOK_AGAIN if any(_goes_on(shift, now) for shift in known) else None
    here = next((span for span in plan.present if span.holds(now)), None)
    if here is None:
        return Standing(Planned.OFF, None, min(moments, default=later))
    planned = Planned.WORK if any(span.holds(now) for span in plan.work) else Planned.BREAK
    return Standing(planned, here.ends, min(moments, default=later))


def may_be_asked(planned: str, *, plan_counts: bool) -> bool:
    """Tell whether the plan allows an offer: outside of shifts and in breaks it does not, unless the plan does not count for this agent."""
    return not plan_counts or planned not in RESTING


def takes_offers(activity: str, planned: str, *, plan_counts: bool) -> bool:
    """Tell whether an agent may be asked: by what they do, and by what is planned."""
    return is_routable(activity) and may_be_asked(planned, plan_counts=plan_counts)


def _goes_on(shift: Shift, now: datetime) -> bool:
    if isinstance(shift, Dated):
        return shift.work.ends > now
    return shift.last_day is None or moment_at(shift.last_day + DAY, shift.ends, ZoneInfo(shift.time_zone)) > now


def _turns(shift: Shift, begin: datetime, end: datetime) -> list[Dated]:
    if isinstance(shift, Dated):
        return [shift] if shift.work.begins < end and begin < shift.work.ends else []
    zone = ZoneInfo(shift.time_zone)
    first = max(begin.astimezone(zone).date() - DAY, shift.first_day)
    last = end.astimezone(zone).date() if shift.last_day is None else min(end.astimezone(zone).date(), shift.last_day)
    days = [first + number * DAY for number in range((last - first).days + 1)]
    turns = [_turn(shift, day, zone) for day in days if day.weekday() in shift.weekdays and day not in shift.except_days]
    return [turn for turn in turns if turn.work.begins < end and begin < turn.work.ends]


def sample(shift: Shift) -> Dated:
    """Return one turn of a shift, as far as its length and its breaks are concerned: that of a day on which no clock changes."""
    return shift if isinstance(shift, Dated) else _turn(shift, date(2026, 1, 5), ZoneInfo("UTC"))


def _turn(shift: Weekly, day: date, zone: ZoneInfo) -> Dated:
    def moment(clock: time, *, behind: time | None = None) -> datetime:
        """Return the moment of a clock time; one at or before the start of the shift is on the next day."""
        next_day = clock < shift.starts or (behind is not None and clock <= behind)
        return moment_at(day + DAY if next_day else day, clock, zone)

    work = Span(moment(shift.starts), moment(shift.ends, behind=shift.starts))
    return Dated(work, tuple(Span(moment(starts), moment(ends, behind=shift.starts)) for starts, ends in shift.breaks))


@dataclass(frozen=True, slots=True)
class Adherence:
    """What was planned and what was done, in seconds. `share` is None where nothing was planned."""

    planned_work_s: float
    worked_s: float
    """Of the planned work."""
    planned_break_s: float
    rested_s: float
    """Of the planned breaks."""
    unplanned_s: float
    """Present outside of any shift."""
    share: float | None


def adherence(plan: Plan, did: Iterable[tuple[Span, str]], within: Span) -> Adherence:
    """Compare the plan with what the agent did, both within a stretch of time of which it is known what was done."""
    here = [within]
    work, breaks = shared(plan.work, here), shared(plan.breaks, here)
    present = shared([span for span, activity in did if activity in PRESENT], here)
    worked, rested = seconds(shared(work, present)), seconds(without(breaks, present))
    planned = seconds(work) + seconds(breaks)
    share = (worked + rested) / planned if planned > 0 else None
    return Adherence(seconds(work), worked, seconds(breaks), rested, seconds(without(present, plan.present)), share)
