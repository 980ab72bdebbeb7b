"""How often an alarm is false, and how often a real spike is found: seeded boards of twenty drivers over eight weeks.

Voices a day follow a negative binomial distribution about a weekday pattern; on half of the boards one driver is heard four times as often on the
last day. The false discovery rate is the mean of the boards' shares (Benjamini and Hochberg 1995; none where nothing is told); all alarms
together stand beside it. The judging is the service's own (`domain.spikes`), with the numbers that its doors would count.
"""

import numpy as np

from services.feedback.domain.spikes import judge
from tests.bench.figure import Figure

BOARDS, DRIVERS, DAYS = 2_000, 20, 57
WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3])
SPREAD = 0.1
"""Overdispersion: variance = mean + 0.1 mean²."""
TIMES = 4.0


def board(lot: np.random.Generator, *, spiked: bool) -> tuple[dict[str, list[int]], list[int]]:
    """Return voices a day by driver, and all of them; with a spike the first driver is heard four times as often on the last day."""
    means = np.exp(lot.normal(1.0, 1.0, DRIVERS))[:, None] * WEEK[np.arange(DAYS) % 7][None, :]
    if spiked:
        means[0] = np.maximum(means[0], 2.0 * WEEK[np.arange(DAYS) % 7])
        means[0, -1] *= TIMES
    counts = lot.poisson(lot.gamma(1 / SPREAD, SPREAD, means.shape) * means)
    return {f"d{place}": [int(one) for one in row] for place, row in enumerate(counts)}, [int(one) for one in counts.sum(axis=0)]


async def run() -> list[Figure]:
    lot = np.random.default_rng(11)
    quiet = sum(any(one.alarm for one in judge(*board(lot, spiked=False))) for _ in range(BOARDS))
    found = false = alarms = 0
    shares = []
    for _ in range(BOARDS):
        told = [one for one in judge(*board(lot, spiked=True)) if one.alarm]
        wrong = sum(one.code != "d0" for one in told)
        found += any(one.code == "d0" for one in told)
        shares.append(wrong / max(1, len(told)))
        false += wrong
        alarms += len(told)
    note = f"{BOARDS} boards of {DRIVERS} drivers over {DAYS} days; weekday pattern, variance = mean + {SPREAD:g} mean²"
    return [
        Figure("feedback.spike_false_alarms", quiet / BOARDS, "share of quiet boards with an alarm", 0.05, lower_is_better=True, note=note),
        Figure(
            "feedback.spike_false_share",
            sum(shares) / BOARDS,
            "share of a board's alarms",
            0.05,
            lower_is_better=True,
            note=f"false discovery rate of the boards with a spike; {false} of all their {alarms} alarms together",
        ),
        Figure("feedback.spike_found", found / BOARDS, "share of fourfold days", 0.5, note="the driver is heard at least twice a usual day"),
    ]
