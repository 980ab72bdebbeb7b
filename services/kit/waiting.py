"""Waiting with a limit."""

import asyncio


async def rest(wake: asyncio.Event, seconds: float) -> None:
    """Wait until `wake` is set, at most `seconds`.

    Not `asyncio.wait_for`: before Python 3.12 it may swallow a cancellation that arrives with the wake-up, and the loop never stops.
    """
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
