"""When agents are planned to work: over midnight, across changes of the clocks, with breaks, and against what they did."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.routing.domain.shifts import Dated, Planned, Standing, Weekly, adherence, may_be_asked, plan_of, standing
from services.routing.domain.spans import Span, joined, seconds, shared, without

BERLIN = "Europe/Berlin"
ALL_DAYS = frozenset(range(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(begins: str, ends: str) -> Span:
    return Span(at(begins), at(ends))


EARLY = Weekly(BERLIN, frozenset({0, 1, 2, 3, 4}), time(8), time(16, 30), date(2026, 11, 2), breaks=((time(12), time(12, 30)),))


@pytest.mark.parametrize(
    ("now", "planned", "ends", "changes"),
    [
        ("2026-11-23T06:59:59", Planned.OFF, None, "2026-11-23T07:00"),
        ("2026-11-23T07:00", Planned.WORK, "2026-11-23T15:30", "2026-11-23T11:00"),
        ("2026-11-23T11:00", Planned.BREAK, "2026-11-23T15:30", "2026-11-23T11:30"),
        ("2026-11-23T11:30", Planned.WORK, "2026-11-23T15:30", "2026-11-23T15:30"),
        ("2026-11-23T15:30", Planned.OFF, None, "2026-11-24T07:00"),
        ("2026-11-27T15:30", Planned.OFF, None, "2026-11-30T07:00"),
    ],
)
def test_a_weekly_shift_begins_pauses_and_ends_by_local_clocks(now: str, planned: Planned, ends: str | None, changes: str) -> None:
    assert standing([EARLY], at(now)) == Standing(planned, at(ends) if ends else None, at(changes))


def test_who_has_no_shift_has_no_plan() -> None:
    assert standing([], at("2026-11-23T09:00")) == Standing(Planned.NONE, None, None)


def test_a_shift_follows_the_clocks_when_they_change() -> None:
    """Berlin goes forward on 29 March 2026 at 01:00 UTC and back on 25 October 2026 at 01:00 UTC."""
    day = Weekly(BERLIN, ALL_DAYS, time(8), time(16), date(2026, 1, 1))
    assert plan_of([day], at("2026-03-28T00:00"), at("2026-03-29T20:00")).work == [
        span("2026-03-28T07:00", "2026-03-28T15:00"),
        span("2026-03-29T06:00", "2026-03-29T14:00"),
    ]
    night = Weekly(BERLIN, ALL_DAYS, time(22), time(6), date(2026, 1, 1))
    lengths = {
        begin: seconds(plan_of([night], at(f"{begin}T21:30"), at(f"{begin}T22:30")).work) / 3600
        for begin in ("2026-03-27", "2026-03-28", "2026-10-24")
    }
    assert lengths == {"2026-03-27": 8.0, "2026-03-28": 7.0, "2026-10-24": 9.0}


def test_a_night_shift_belongs_to_the_day_on_which_it_begins_and_its_break_may_lie_behind_midnight() -> None:
    night = Weekly("UTC", frozenset({4}), time(22), time(6), date(2026, 11, 1), breaks=((time(23, 45), time(0, 15)), (time(3), time(3, 30))))
    plan = plan_of([night], at("2026-11-28T00:00"), at("2026-11-28T12:00"))
    assert plan.present == [span("2026-11-27T22:00", "2026-11-28T06:00")]
    assert plan.breaks == [span("2026-11-27T23:45", "2026-11-28T00:15"), span("2026-11-28T03:00", "2026-11-28T03:30")]
    assert standing([night], at("2026-11-28T05:59")).planned == Planned.WORK


def test_a_shift_of_the_whole_day_ends_when_it_begins() -> None:
    whole = Weekly("UTC", frozenset({0}), time(7), time(7), date(2026, 11, 1))
    assert plan_of([whole], at("2026-11-23T00:00"), at("2026-11-23T23:00")).work == [span("2026-11-23T07:00", "2026-11-24T07:00")]


def test_a_weekly_shift_keeps_its_first_and_last_day_and_its_exceptions() -> None:
    short = Weekly("UTC", ALL_DAYS, time(8), time(9), date(2026, 11, 23), date(2026, 11, 25), frozenset({date(2026, 11, 24)}))
    plan = plan_of([short], at("2026-11-20T00:00"), at("2026-12-01T00:00"))
    assert plan.work == [span("2026-11-23T08:00", "2026-11-23T09:00"), span("2026-11-25T08:00", "2026-11-25T09:00")]
    assert standing([short], at("2026-11-26T09:00")) == Standing(Planned.OFF, None, None)
    assert standing([short], at("2026-11-01T00:00")) == Standing(Planned.OFF, None, at("2026-11-08T00:00"))


def test_a_break_of_one_shift_is_work_where_another_shift_says_so() -> None:
    first = Dated(span("2026-11-23T08:00", "2026-11-23T12:00"), (span("2026-11-23T10:00", "2026-11-23T10:30"),))
    second = Dated(span("2026-11-23T10:15", "2026-11-23T14:00"))
    plan = plan_of([first, second], at("2026-11-23T00:00"), at("2026-11-24T00:00"))
    assert plan.breaks == [span("2026-11-23T10:00", "2026-11-23T10:15")]
    assert standing([first, second], at("2026-11-23T10:20")) == Standing(Planned.WORK, at("2026-11-23T14:00"), at("2026-11-23T14:00"))


@pytest.mark.parametrize(
    ("planned", "counts", "may"), [("none", True, True), ("work", True, True), ("break", True, False), ("off", True, False), ("off", False, True)]
)
def test_only_who_is_planned_for_something_else_is_not_asked(planned: str, counts: bool, may: bool) -> None:
    assert may_be_asked(planned, plan_counts=counts) is may


def test_adherence_counts_planned_work_that_was_done_and_breaks_that_were_taken() -> None:
    plan = plan_of([EARLY], at("2026-11-23T00:00"), at("2026-11-24T00:00"))
    did = [
        (span("2026-11-23T06:30", "2026-11-23T10:30"), "available"),
        (span("2026-11-23T10:30", "2026-11-23T11:15"), "break"),
        (span("2026-11-23T11:15", "2026-11-23T15:00"), "available"),
        (span("2026-11-23T15:00", "2026-11-23T15:30"), "away"),
    ]
    found = adherence(plan, did, span("2026-11-23T00:00", "2026-11-24T00:00"))
    assert (found.planned_work_s / 3600, found.worked_s / 3600) == (8.0, 7.0)
    assert (found.planned_break_s / 60, found.rested_s / 60, found.unplanned_s / 60) == (30.0, 15.0, 30.0)
    assert found.share == 7.25 / 8.5
    assert adherence(plan, did, span("2026-11-23T16:00", "2026-11-24T00:00")).share is None


def test_spans_are_joined_taken_away_and_shared() -> None:
    noon = at("2026-11-23T12:00")

    def minutes(begins: int, ends: int) -> Span:
        return Span(noon + timedelta(minutes=begins), noon + timedelta(minutes=ends))

    assert joined([minutes(5, 9), minutes(0, 3), minutes(3, 4), minutes(8, 10), minutes(2, 2)]) == [minutes(0, 4), minutes(5, 10)]
    assert without([minutes(0, 10)], [minutes(2, 3), minutes(9, 12)]) == [minutes(0, 2), minutes(3, 9)]
    assert shared([minutes(0, 4), minutes(6, 9)], [minutes(3, 7)]) == [minutes(3, 4), minutes(6, 7)]
