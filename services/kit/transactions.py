"""What every database of ours can do: run a use case in one transaction."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from services.kit.db import Context, Outcome

R = TypeVar("R")
UseCase = Callable[..., Awaitable[R]]
NOBODY = Context()


class Database(Protocol):
    """One service's own database."""

    dialect_name: str
    on_commit: list[Callable[[Outcome], None]]
    """Called on the event loop after each commit that left something to be noticed."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Finish what is running and disconnect."""

    async def tidy(self) -> None:
        """Leave nothing of what was deleted in unused bytes, where that is ours to do."""

    async def write(self, use_case: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run `use_case(uow, *args)` in one transaction and return its result after the commit."""

    async def read(self, query: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run `query(tx, *args)` in one read-only transaction."""


def drive(step: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that never suspends to its end."""
    try:
        step.send(None)
    except StopIteration as done:
        result: R = done.value
        return result
    step.close()
    raise RuntimeError("a use case awaited something other than its transaction")


def notice(outcome: Outcome | None, on_commit: list[Callable[[Outcome], None]]) -> None:
    """Tell the relay and the due engine what a commit left for them."""
    if outcome is not None and (outcome.events or outcome.due_from is not None):
        for listener in on_commit:
            listener(outcome)
