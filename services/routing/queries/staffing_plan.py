"""How many agents are planned, and how many will be needed, interval by interval."""

from bisect import bisect_left
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.routing.contract import PlannedInterval, StaffingPlanView
from services.routing.domain.shift_documents import shift_of
from services.routing.domain.shifts import Shift, plan_of
from services.routing.domain.spans import Span, seconds, shared
from services.routing.domain.staffing import Traffic, expected, needed
from services.routing.models import Queue
from services.routing.queries.staffing import handle_s_of, patience_s_of
from services.routing.repository import contacts, queues, shifts

MOST_INTERVALS = 200
WEEKS = 4
"""Weeks back from which arrivals are expected; a contact centre's week is like the last ones, not like its average hour."""


async def staffing_plan(tx: Tx, key: str, begin: datetime, end: datetime, interval: timedelta) -> StaffingPlanView:
    """Return planned against needed; raises QueueNotFound, InvalidInput."""
    queue = await queues.queue(tx, key)
    if not begin < end:
        raise InvalidInput("`until` must be after `from`.", pointer="/until")
    if (end - begin) / interval > MOST_INTERVALS:
        raise InvalidInput(f"At most {MOST_INTERVALS} intervals are answered: ask for less time or longer intervals.", pointer="/until")
    bounds = [begin + number * interval for number in range(int(-(-(end - begin) // interval)))] + [end]
    spans = [Span(first, last) for first, last in pairwise(bounds)]
    weeks, arrivals = await _arrivals(tx, queue, spans)
    work = await _work(tx, queue, begin, end)
    handle_s, patience_s = handle_s_of(queue), await patience_s_of(tx, key)

    @lru_cache(maxsize=1_000)
    def enough(rate: float) -> int:
        return needed(Traffic(rate, 1 / handle_s, 1 / patience_s), queue.sla_seconds, queue.sla_share).agents if rate > 0 else 0

    def planned(span: Span, came: float) -> PlannedInterval:
        length = (span.ends - span.begins).total_seconds()
        rate, heads = came / length, sum(seconds(shared(each, [span])) for each in work) / length
        level = expected(Traffic(rate, 1 / handle_s, 1 / patience_s), int(heads), queue.sla_seconds).service_level
        return PlannedInterval(
            begins_at=span.begins,
            ends_at=span.ends,
            arrivals_expected=came,
            agents_needed=enough(rate),
            agents_planned=heads,
            gap=heads - enough(rate),
            expected_service_level=level,
        )

    return StaffingPlanView(
        queue=key,
        as_of=tx.now,
        weeks=weeks,
        handle_seconds=handle_s,
        patience_seconds=patience_s,
        sla_share=queue.sla_share,
        sla_seconds=queue.sla_seconds,
        intervals=[planned(span, came) for span, came in zip(spans, arrivals, strict=True)],
    )


async def _arrivals(tx: Tx, queue: Queue, spans: list[Span]) -> tuple[int, list[float]]:
    """Return from how many weeks, and what came on average in the same local hours of them: an hour stays nine o'clock when the clocks change."""
    zone = ZoneInfo(queue.hours["time_zone"] if queue.hours else "UTC")
    first_ever = await contacts.first_queued(tx, queue.key)
    sums, weeks = [0.0] * len(spans), 0
    latest = max(1, -(-(spans[-1].ends - tx.now) // timedelta(weeks=1)))
    for back in range(latest, latest + WEEKS):
        then = [Span(_earlier(span.begins, back, zone), _earlier(span.ends, back, zone)) for span in spans]
        if first_ever is None or then[0].begins < first_ever:
            break
        came = await contacts.queued_between(tx, queue.key, then[0].begins, then[-1].ends)
        sums = [total + bisect_left(came, span.ends) - bisect_left(came, span.begins) for total, span in zip(sums, then, strict=True)]
        weeks += 1
    return weeks, [total / weeks if weeks else 0.0 for total in sums]


def _earlier(moment: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    return (moment.astimezone(zone) - timedelta(weeks=weeks)).astimezone(UTC)


async def _work(tx: Tx, queue: Queue, begin: datetime, end: datetime) -> list[list[Span]]:
    """Return the planned work of each agent who could serve the queue."""
    wanted = [(str(skill), int(level)) for skill, level in queue.requires]
    whose: dict[UUID, list[Shift]] = defaultdict(list)
    for row in await shifts.planned_of(tx, wanted):
        whose[row["agent_id"]].append(shift_of(row["document"], row["time_zone"]))
    return [plan_of(each, begin, end).work for each in whose.values()]
