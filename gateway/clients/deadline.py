"""A bound on how long something may take, at half of what `asyncio.timeout` costs: every call and every operation has one."""

import asyncio
from types import TracebackType


class Deadline:
    """`with Deadline(seconds):` ends what is awaited inside after so many seconds, by TimeoutError. A cancellation from elsewhere stays one.

    It must be entered and left in one task, and only once.
    """

    __slots__ = ("_before", "_handle", "_passed", "_seconds", "_task")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._passed = False

    def __enter__(self) -> None:
        """Let the time run; raises RuntimeError outside of a task."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline needs a task that it can end")
        self._task, self._before = task, task.cancelling()
        self._handle = asyncio.get_running_loop().call_later(self._seconds, self._end)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        """Stop the time; what it ended becomes TimeoutError, unless somebody else cancelled as well."""
        if not self._passed:
            self._handle.cancel()
        elif self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _end(self) -> None:
        self._passed = True
        self._task.cancel()
