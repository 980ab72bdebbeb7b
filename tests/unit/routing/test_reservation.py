"""The automaton of a reservation, and the moments that decide."""

from datetime import UTC, datetime, timedelta

import pytest

from services.routing.domain.reservation import HOLDING, ReservationStatus, cooled_down, has_expired, may_become, predecessors

S = ReservationStatus
ALLOWED = {
    (S.PENDING, S.ACCEPTED),
    (S.PENDING, S.REJECTED),
    (S.PENDING, S.TIMEOUT),
    (S.PENDING, S.RESCINDED),
    (S.PENDING, S.SUPERSEDED),
    (S.ACCEPTED, S.WRAPPING),
    (S.ACCEPTED, S.COMPLETED),
    (S.WRAPPING, S.COMPLETED),
}
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("before", list(S))
@pytest.mark.parametrize("after", list(S))
def test_only_the_written_moves_are_possible(before: ReservationStatus, after: ReservationStatus) -> None:
    assert may_become(before, after) is ((before, after) in ALLOWED)
    assert (before in predecessors(after)) is ((before, after) in ALLOWED)


def test_a_closed_reservation_holds_no_place() -> None:
    assert set(HOLDING) == {before for before, _ in ALLOWED}


def test_an_offer_is_over_at_the_instant_it_expires() -> None:
    assert [has_expired(NOON, NOON + timedelta(milliseconds=shift)) for shift in (-1, 0, 1)] == [False, True, True]


def test_a_cool_down_ends_at_its_last_instant() -> None:
    assert [cooled_down(NOON, NOON + timedelta(seconds=seconds), timedelta(seconds=60)) for seconds in (59, 60)] == [False, True]
