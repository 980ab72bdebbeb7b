"""Plays a rehearsal in a thread, and says how far it is."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.kit.due import DueJob
from services.kit.service import Runtime
from services.routing.domain.simulation.backtest import compare
from services.routing.domain.simulation.files import BadScenario, read_scenario
from services.routing.domain.simulation.history import TooLittle, scenario_of
from services.routing.domain.simulation.scenario import Scenario
from services.routing.models import Backtest
from services.routing.repository import backtests, lessons
from services.routing.use_cases.rehearse import moments_of, note_progress, note_result, rule_of


async def rehearse(runtime: Runtime, job: DueJob) -> None:
    """Play both rules; doing it twice is doing it once."""
    backtest_id = UUID(job.key)
    found: Backtest = await runtime.read(backtests.backtest, backtest_id)
    if found.state in ("done", "failed"):
        return
    await runtime.write(note_progress, backtest_id, 0.0)
    loop = asyncio.get_running_loop()

    def tell(done: float) -> None:
        asyncio.run_coroutine_threadsafe(runtime.write(note_progress, backtest_id, min(done, 0.99)), loop)

    try:
        make = await _maker(runtime, found)
        result = await asyncio.to_thread(compare, make, rule_of(found.asked["base"]), rule_of(found.asked["candidate"]), tell)
    except (BadScenario, TooLittle) as reason:
        await runtime.write(note_result, backtest_id, None, str(reason)[:500])
    else:
        await runtime.write(note_result, backtest_id, result, None)


async def _maker(runtime: Runtime, found: Backtest) -> Callable[[], Scenario]:
    trace: dict[str, Any] | None = found.asked.get("trace")
    if trace is not None:
        return lambda: read_scenario(trace["agents"], trace["contacts"])
    begin, end = moments_of(found.asked)
    days = await runtime.read(backtests.days, begin, end)
    known = await runtime.read(lessons.affinities, None)
    learned = {
        (row["agent_id"], row["queue"]): (row["resolution"], row["pace"])
        for row in known
        if row["resolution"] is not None and row["pace"] is not None
    }
    return lambda: scenario_of(days, learned, begin, seed=found.id.int & 0xFFFF)
