"""A decent hour is decent on the customer's own clock, also on the days on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.survey.domain.timing import Window, next_decent_moment, ready_to_ask

DAY = Window(start=time(9), end=time(20), weekdays=(1, 2, 3, 4, 5, 6, 7))
OFFICE = Window(start=time(9), end=time(17, 30), weekdays=(1, 2, 3, 4, 5))
NIGHT = Window(start=time(2, 30), end=time(6), weekdays=(1, 2, 3, 4, 5, 6, 7))
REPEATED = Window(start=time(1, 30), end=time(1, 45), weekdays=(1, 2, 3, 4, 5, 6, 7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "zone", "window", "asked"),
    [
        # inside the window: at once
        ("2026-11-23T12:00", "Europe/Berlin", DAY, "2026-11-23T12:00"),
        # the first minute is inside, the end is outside
        ("2026-11-23T08:00", "Europe/Berlin", DAY, "2026-11-23T08:00"),
        ("2026-11-23T19:00", "Europe/Berlin", DAY, "2026-11-24T08:00"),
        # evening here, morning there: the recipient's clock decides
        ("2026-11-23T23:00", "Asia/Tokyo", DAY, "2026-11-24T00:00"),
        ("2026-11-23T12:00", "America/Los_Angeles", DAY, "2026-11-23T17:00"),
        # half and quarter hours
        ("2026-11-23T00:00", "Asia/Kolkata", DAY, "2026-11-23T03:30"),
        ("2026-11-23T00:00", "Asia/Kathmandu", DAY, "2026-11-23T03:15"),
        # the weekend is skipped, across the date line as well
        ("2026-11-28T10:00", "Europe/Berlin", OFFICE, "2026-11-30T08:00"),
        ("2026-11-27T20:00", "Pacific/Auckland", OFFICE, "2026-11-29T20:00"),
        # Berlin, clocks go forward on 29 March 2026: nine o'clock is one hour earlier in UTC from then on
        ("2026-03-28T19:30", "Europe/Berlin", DAY, "2026-03-29T07:00"),
        ("2026-03-27T20:30", "Europe/Berlin", DAY, "2026-03-28T08:00"),
        # Berlin, clocks go back on 25 October 2026
        ("2026-10-24T19:00", "Europe/Berlin", DAY, "2026-10-25T08:00"),
        ("2026-10-23T19:00", "Europe/Berlin", DAY, "2026-10-24T07:00"),
        # New York, 8 March 2026: 02:30 does not exist, it is read as 03:30
        ("2026-03-08T05:00", "America/New_York", NIGHT, "2026-03-08T07:30"),
        ("2026-03-08T07:10", "America/New_York", NIGHT, "2026-03-08T07:10"),
        # New York, 1 November 2026: 01:30 happens twice; the first counts, unless it is past
        ("2026-11-01T04:00", "America/New_York", REPEATED, "2026-11-01T05:30"),
        ("2026-11-01T06:10", "America/New_York", REPEATED, "2026-11-01T06:30"),
        ("2026-11-01T06:50", "America/New_York", REPEATED, "2026-11-02T06:30"),
        # Lord Howe Island moves by half an hour
        ("2026-10-03T23:00", "Australia/Lord_Howe", DAY, "2026-10-03T23:00"),
        ("2026-10-03T21:00", "Australia/Lord_Howe", DAY, "2026-10-03T22:00"),
    ],
)
def test_an_ask_waits_for_the_next_decent_hour(wanted: str, zone: str, window: Window, asked: str) -> None:
    assert next_decent_moment(utc(wanted), ZoneInfo(zone), window) == utc(asked)


@given(
    wanted=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001  hypothesis wants naive bounds
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca"]),
    window=st.sampled_from([DAY, OFFICE, NIGHT, REPEATED]),
)
def test_an_ask_is_never_early_never_lost_and_always_inside_the_window(wanted: datetime, zone: str, window: Window) -> None:
    moment = wanted.replace(tzinfo=UTC)
    asked = next_decent_moment(moment, ZoneInfo(zone), window)
    assert moment <= asked <= moment + timedelta(days=4)
    assert window.is_open(asked.astimezone(ZoneInfo(zone)))
    assert next_decent_moment(asked, ZoneInfo(zone), window) == asked


def test_a_window_does_not_run_over_midnight_and_needs_a_weekday() -> None:
    for wrong in ({"start": "20:00", "end": "09:00", "weekdays": [1]}, {"start": "09:00", "end": "20:00", "weekdays": []}):
        with pytest.raises(ValidationError):
            Window.model_validate(wrong)
    for days in ([0], [8], [1, 1]):
        with pytest.raises(ValidationError):
            Window.model_validate({"start": "09:00", "end": "20:00", "weekdays": days})


def test_the_delay_runs_from_what_came_last() -> None:
    ended, day = utc("2026-11-23T10:00"), timedelta(days=1)
    assert ready_to_ask(ended, None, day) == utc("2026-11-24T10:00")
    assert ready_to_ask(ended, utc("2026-11-25T08:00"), day) == utc("2026-11-26T08:00")
    assert ready_to_ask(ended, utc("2026-11-20T08:00"), day) == utc("2026-11-24T10:00")
