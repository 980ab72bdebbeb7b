"""Where in a process customers get stuck: contacts, cost, waiting and repeats of each step, and the bottleneck."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Float, cast, func, select
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from services.insight import repository
from services.insight.contract import IntervalView, ProcessView, StepView
from services.insight.domain.charge import amount
from services.insight.domain.figures import share
from services.insight.domain.intervals import LEVEL, quantile
from services.insight.domain.period import Asked, Period
from services.insight.domain.process import DrawnStep, mermaid
from services.insight.models import ContactFact, ProcessMap
from services.insight.queries.metrics import share_view
from services.insight.queries.moved import contacts_moved
from services.insight.queries.narrow import compared_with, period_of, quoted, within
from services.kit.db import Tx
from services.kit.errors import NotFound

MS_PER_MINUTE = 60_000
REPEAT = timedelta(days=7)
DEFINED = {"contacts": "contacts@1", "amount": "cost@1", "waited_minutes": "waiting@1", "repeats": "step_repeats@1", "repeat_share": "step_repeats@1"}


async def processes(tx: Tx) -> list[ProcessMap]:
    """Return all processes; there are few."""
    return await tx.all(select(ProcessMap).order_by(col(ProcessMap.key)).limit(1000), ProcessMap)


async def _by_driver(tx: Tx, drivers: list[str], period: Period, asked: Asked) -> dict[str, Any]:
    waited = cast(col(ContactFact.waited_ms), Float)
    columns = (
        func.count().label("contacts"),
        func.coalesce(func.sum(col(ContactFact.cost_cents)), 0).label("cents"),
        func.coalesce(func.sum(col(ContactFact.handle_ms)), 0).label("handle_ms"),
        func.coalesce(func.sum(col(ContactFact.waited_ms)), 0).label("waited_ms"),
        func.count(col(ContactFact.waited_ms)).label("waits"),
        func.coalesce(func.sum(waited * waited), 0.0).label("waited_squares"),
    )
    driver = col(ContactFact.driver)
    conditions = [*within(tx, ContactFact, "ended_at", period, asked), driver.in_(drivers)]
    return {row["driver"]: row for row in await tx.rows(select(driver, *columns).where(*conditions).group_by(driver))}


async def _repeats(tx: Tx, drivers: list[str], period: Period, asked: Asked) -> dict[str, tuple[int, int]]:
    """Return (followed by another within seven days, contacts of known customers old enough to know) by driver."""
    driver, at = col(ContactFact.driver), col(ContactFact.ended_at)
    following = func.lead(at, type_=UTCDateTime()).over(
        partition_by=(col(ContactFact.customer_id), driver), order_by=(at, col(ContactFact.contact_id))
    )
    known = (col(ContactFact.customer_id).is_not(None), driver.in_(drivers), at >= period.start, at < period.end + REPEAT)
    chain = select(col(ContactFact.contact_id), following.label("next_at")).where(*known).subquery()
    conditions = [*within(tx, ContactFact, "ended_at", period, asked), at < tx.now - REPEAT]
    rows = await tx.rows(select(driver, at, chain.c.next_at).join(chain, chain.c.contact_id == col(ContactFact.contact_id)).where(*conditions))
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        again, n = found.get(row["driver"], (0, 0))
        found[row["driver"]] = (again + (row["next_at"] is not None and row["next_at"] - row["ended_at"] <= REPEAT), n + 1)
    return found


@dataclass(frozen=True)
class _Then:
    """The comparison period: contacts by driver, and both periods."""

    contacts: dict[str, int]
    past: Period
    period: Period


def _step(step: dict[str, Any], numbers: dict[str, Any], repeats: dict[str, tuple[int, int]], then: _Then) -> tuple[StepView, int]:
    before = sum(then.contacts.get(driver, 0) for driver in step["drivers"])
    mine = [numbers[driver] for driver in step["drivers"] if driver in numbers]
    total = {name: sum(int(row[name]) for row in mine) for name in ("contacts", "cents", "handle_ms", "waited_ms", "waits")}
    squares = sum(float(row["waited_squares"]) for row in mine)
    again = [repeats[driver] for driver in step["drivers"] if driver in repeats]
    back, n = (sum(pair[place] for pair in again) for place in (0, 1))
    view = StepView(
        key=step["key"],
        name=step["name"],
        drivers=step["drivers"],
        contacts=total["contacts"],
        amount=amount(total["cents"]),
        waited_minutes=round(total["waited_ms"] / total["waits"] / MS_PER_MINUTE, 2) if total["waits"] else None,
        contacts_before=before,
        contacts_change=contacts_moved((before, then.past), (total["contacts"], then.period)),
        waits=total["waits"],
        waited_interval=_of_mean(total["waited_ms"], squares, total["waits"]),
        repeat_share=back / n if n else None,
        repeats=share_view(DEFINED["repeats"], share(back, n, minimum=1)),
        handle_minutes=round(total["handle_ms"] / MS_PER_MINUTE, 2),
        bottleneck=False,
    )
    return view, total["cents"]


def _of_mean(total_ms: int, squares: float, n: int) -> IntervalView | None:
    """Return the normal interval of a mean wait in minutes, from the sum of waits and of their squares; None under two waits."""
    if n < 2:  # noqa: PLR2004  one wait says nothing of how far waits differ
        return None
    mean = total_ms / n
    half = quantile(LEVEL) * math.sqrt(max(0.0, squares - n * mean * mean) / (n - 1) / n)
    return IntervalView(low=max(0.0, mean - half) / MS_PER_MINUTE, high=(mean + half) / MS_PER_MINUTE, method="normal", level=LEVEL)


def _drawn(steps: Sequence[StepView], currency: str | None) -> str:
    """Return the steps as a flowchart, with what happens in each written into it."""
    drawn = []
    for step in steps:
        waited = "" if step.waited_minutes is None else f", waited {step.waited_minutes:g} min"
        again = "" if step.repeat_share is None else f", {step.repeat_share:.0%} came back"
        note = f"{step.contacts} contacts, {step.amount} {currency or ''}".rstrip() + waited + again
        drawn.append(DrawnStep(step.key, step.name, note, step.bottleneck))
    return mermaid(drawn)


async def process(tx: Tx, key: str, asked: Asked) -> ProcessView:
    """Return a process with its figures; raises NotFound. The bottleneck costs most; without prices it has most contacts."""
    found = await tx.first(select(ProcessMap).where(col(ProcessMap.key) == key), ProcessMap)
    if found is None:
        raise NotFound("There is no process of that name.")
    period = period_of(tx, asked)
    drivers = [driver for step in found.steps for driver in step["drivers"]]
    numbers, repeats = await _by_driver(tx, drivers, period, asked), await _repeats(tx, drivers, period, asked)
    past = compared_with(asked, period)
    old = {driver: int(row["contacts"]) for driver, row in (await _by_driver(tx, drivers, past, asked)).items()}
    steps = [_step(step, numbers, repeats, _Then(old, past, period)) for step in found.steps]
    worst = max(steps, key=lambda one: (one[1], one[0].contacts))[0]
    views = [view.model_copy(update={"bottleneck": view is worst and worst.contacts > 0}) for view, _ in steps]
    currency = await repository.currency(tx)
    sentence = f"The bottleneck is {worst.name}: {worst.contacts} contacts, {worst.amount} {currency or ''}".rstrip() + "."
    return ProcessView(
        key=key,
        name=found.name,
        definitions=DEFINED,
        currency=currency,
        steps=views,
        bottleneck=worst.key if worst.contacts else None,
        mermaid=_drawn(views, currency),
        sentence=sentence if worst.contacts else "No contact in the period is about any step of this process.",
        version=found.version,
        **quoted(period, past, asked),
    )
