"""Time as a part that can be put in: rules take `now`, the house takes a clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells what time it is, in aware UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        ...


class SystemClock:
    """The machine's clock, moved by `offset` in development and tests so that a week passes in a second."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the machine's time plus the offset."""
        return datetime.now(UTC) + self.offset

    def move_to(self, moment: datetime) -> None:
        """Make `moment` the present; time goes on from there."""
        self.offset = moment - datetime.now(UTC)


class SteppingClock:
    """Stands still until told to move: for tests that assert exact times."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the moment it was last moved to."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move to `moment`."""
        self._now = moment


MovableClock = SystemClock | SteppingClock
