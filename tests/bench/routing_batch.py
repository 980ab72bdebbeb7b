"""A backlog matched in one go: seconds for 10,000 idle agents x 50,000 contacts, and how near the sum comes to the best of 2,000 x 8,000."""

import time

import numpy as np
from scipy.optimize import linear_sum_assignment

from services.routing.domain.engine.batch import Batch
from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import QueuePromise
from tests.bench.figure import Figure
from tests.bench.routing_speed import QUEUES, Size, class_spec, lottery, profile_of

NOW = 2_000.0
NO_LIMIT_S = 1e9


def backlog(size: Size, seed: int) -> Engine:
    """Return a floor on which everybody waits and everybody is idle, as after an outage."""
    lots = lottery(seed)
    queues = [QueuePromise(f"q{number}", handle_s=200.0 + 10 * number, wrap_s=10.0, starvation_s=NO_LIMIT_S) for number in range(QUEUES)]
    engine = Engine(queues)
    classes = [engine.class_of(class_spec(lots, number)) for number in range(size.classes)]
    profiles = [profile_of(lots, 0) for _ in range(size.groups)]
    for number in range(size.agents):
        engine.put_agent(number, profiles[number % size.groups], on_shift=True, since=NOW - number % 300)
    for number in range(size.waiting):
        engine.wait(engine.put_contact(number, lots.choice(classes), NOW - lots.random() * 900))
    return engine


def exact(engine: Engine) -> float:
    """Return the largest possible sum of I over all assignments, by the Hungarian method on every single pair."""
    contacts = [contact for cls in range(len(engine.lines.specs)) for contact in engine.lines.everybody(cls)]
    cls = np.array([contact.cls for contact in contacts])
    waited = NOW - np.array([contact.since for contact in contacts])
    lines = engine.lines
    rise = lines.rises[lines.queue_of[cls]]
    worth = rise * waited + lines.debts[lines.queue_of[cls]] + rise * lines.credit[cls]
    rows = {}
    for agent in engine.agents.values():
        if agent.group not in rows:
            row = engine.picking.complete(agent.group)
            base, after = np.zeros(len(lines.specs)), np.full(len(lines.specs), np.inf)
            base[row.cls], after[row.cls] = row.base, row.after
            rows[agent.group] = np.where(after[cls] <= waited, base[cls] * worth, 0.0)
    matrix = np.array([rows[agent.group] for agent in engine.agents.values()])
    chosen = linear_sum_assignment(matrix, maximize=True)
    return float(matrix[chosen].sum())


async def run() -> list[Figure]:
    large = backlog(Size(10_000, 50_000, 400, 1_500), 7)
    Batch(large, NOW)
    started = time.process_time()
    made = len(Batch(large, NOW).plan())
    spent = time.process_time() - started
    small = backlog(Size(2_000, 8_000, 400, 1_500), 8)
    best = exact(small)
    reached = sum(pick.chosen.index for pick in Batch(small, NOW).plan())
    note = f"{made:,} pairs, eligibility rows known; CPU seconds, from the lines to the pairs"
    return [
        Figure("routing.batch_s", spent, "s", 1, lower_is_better=True, note=note),
        Figure(
            "routing.batch_optimality",
            reached,
            "sum of I",
            0.995,
            reference="Hungarian method on all pairs, 2,000 x 8,000",
            reference_value=best,
        ),
    ]
