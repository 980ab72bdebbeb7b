"""Applying the calls of platforms that were acknowledged: in order, a few at a time, so that new calls are answered in between."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from services.feedback.models import WebhookCall
from services.feedback.use_cases.call_shelf import SHELF, CallShelf
from services.feedback.use_cases.hear_reviews import ReviewEvent
from services.feedback.use_cases.keep_calls import apply_calls, opened, set_aside, waiting_calls
from services.kit.due import DueJob
from services.kit.service import Runtime

TOGETHER, WHILE_BUSY = 20, 2
"""Calls of one transaction. While platforms call, few: whoever calls meanwhile waits for it."""
QUIET_S, LONGEST_WAIT_S, LOOK_S = 0.03, 1.0, 0.01
"""Answering goes first: what was acknowledged is applied once nobody called for a moment, and in the midst of a flood once a second."""

_Ready = tuple[UUID, str, Sequence[ReviewEvent]]


async def apply_waiting_calls(runtime: Runtime, job: DueJob) -> None:  # noqa: ARG001 - whatever woke us, we apply what waits
    """Apply everything that waits."""
    while rows := await runtime.read(waiting_calls, await _turn(runtime)):
        ready = [one for row in rows if (one := await _translated(runtime, row)) is not None]
        try:
            await runtime.write(apply_calls, ready)
        except Exception:  # noqa: BLE001 - found out one by one
            for one in ready:
                await _alone(runtime, one)


async def _turn(runtime: Runtime) -> int:
    """Wait for a quiet moment, and return how many calls may be applied together then."""
    shelf: CallShelf = runtime.resources[SHELF]
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        if shelf.quiet_s() >= QUIET_S:
            return TOGETHER
        await asyncio.sleep(LOOK_S)
    return WHILE_BUSY


async def _translated(runtime: Runtime, row: WebhookCall) -> _Ready | None:
    try:
        call = opened(runtime.resources["vault"], row).heard
        events = runtime.resources["platforms"](call.kind, call.payload, call.headers, call.reference_kind, row.received_at)
    except Exception as error:  # noqa: BLE001 - it is set aside under the name of its error
        await _aside(runtime, row.id, error)
        return None
    return row.id, row.source_key, events


async def _alone(runtime: Runtime, one: _Ready) -> None:
    try:
        await runtime.write(apply_calls, [one])
    except Exception as error:  # noqa: BLE001 - it is set aside under the name of its error
        await _aside(runtime, one[0], error)


async def _aside(runtime: Runtime, call_id: UUID, error: Exception) -> None:
    runtime.log.warning("webhook.set_aside", call=str(call_id), exc=error)
    await runtime.write(set_aside, call_id, type(error).__name__)
