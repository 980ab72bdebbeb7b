"""A rehearsal of a day of 30,000 contacts and 240 agents: both rules played, figures by queue, intervals and warnings; and one play alone."""

import asyncio
import time

from services.routing.domain.engine.rules import RULES
from services.routing.domain.simulation.backtest import compare
from services.routing.domain.simulation.play import Play
from tests.bench._routing_scenarios import DATA, files_of, shipped
from tests.bench.figure import Figure


async def run() -> list[Figure]:
    if not (DATA / "multi36_agents.json").exists():
        return [Figure("routing.backtest_s", 99.0, "s", 5, lower_is_better=True, note=f"missing: {DATA}")]
    started = time.process_time()
    files_of("multi36")
    document = await asyncio.to_thread(compare, lambda: shipped("multi36"), RULES["fifo"], RULES["index"], lambda _: None)
    whole = time.process_time() - started
    scenario = shipped("multi36")
    started = time.process_time()
    await asyncio.to_thread(Play(scenario, RULES["index"]).run)
    one = time.process_time() - started
    offered = document["overall"]["candidate"]["offered"]
    note = f"{offered:,} offered contacts x {len(scenario.agents)} agents; CPU seconds of this process"
    return [
        Figure("routing.backtest_s", one, "s", 5, lower_is_better=True, note=f"the day under one rule; {note}"),
        Figure("routing.rehearsal_s", whole, "s", 10, lower_is_better=True, note=f"base and candidate, reading, intervals, warnings; {note}"),
    ]
