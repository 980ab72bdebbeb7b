"""A deadline ends what takes too long, and nothing else."""

import asyncio

import pytest

from gateway.clients.deadline import Deadline


async def test_what_ends_in_time_is_left_alone() -> None:
    with Deadline(0.02):
        await asyncio.sleep(0)
    await asyncio.sleep(0.04)  # nor is it ended afterwards


async def test_what_takes_too_long_is_ended_and_its_task_goes_on() -> None:
    with pytest.raises(TimeoutError), Deadline(0.01):
        await asyncio.sleep(5)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_time_that_is_over_ends_at_the_first_wait() -> None:
    with pytest.raises(TimeoutError), Deadline(-1):
        await asyncio.sleep(5)


@pytest.mark.parametrize("seconds", [5.0, -1.0], ids=["before the deadline", "in the same moment"])
async def test_a_cancellation_from_elsewhere_stays_one(seconds: float) -> None:
    async def slow() -> None:
        with Deadline(seconds):
            await asyncio.sleep(5)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("inner", "outer", "told"), [(0.01, 5.0, "inner"), (5.0, 0.01, "outer")])
async def test_of_two_deadlines_the_nearer_one_is_told(inner: float, outer: float, told: str) -> None:
    seen = "none"
    try:
        with Deadline(outer):
            try:
                with Deadline(inner):
                    await asyncio.sleep(5)
            except TimeoutError:
                seen = "inner"
    except TimeoutError:
        seen = "outer"
    assert seen == told


async def test_an_error_inside_is_told_as_it_is() -> None:
    with pytest.raises(KeyError), Deadline(5):
        raise KeyError("inside")
