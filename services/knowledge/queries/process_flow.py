"""Where a process fails: contacts, their cost and waiting per step."""

from datetime import datetime

from services.kit.db import Tx
from services.knowledge.contract import ProcessFlow, StepFlow
from services.knowledge.domain.drawing import Arrow, Box
from services.knowledge.repository.contacts import by_driver
from services.knowledge.repository.health import Span
from services.knowledge.repository.processes import map_by_code


async def process_flow(tx: Tx, code: str, since: datetime, until: datetime, hourly_cost: float) -> ProcessFlow:
    """Return the figures of each step; raises ProcessNotFound."""
    process = await map_by_code(tx, code)
    drivers = sorted({driver for step in process.steps for driver in step["drivers"]})
    told = await by_driver(tx, Span(since, until), drivers) if drivers else {}
    steps = []
    for step in process.steps:
        mine = [told[driver] for driver in step["drivers"] if driver in told]
        handled = sum(float(one["handled"]) for one in mine) / 3600
        steps.append(
            StepFlow(
                code=step["code"],
                title=step["title"],
                department=step["department"],
                drivers=step["drivers"],
                leads_to=step["leads_to"],
                waits_hours=step["waits_hours"],
                contacts=sum(one["contacts"] for one in mine),
                unresolved=sum(int(one["unresolved"]) for one in mine),
                handled_hours=round(handled, 4),
                customers_waited_hours=round(sum(float(one["waited"]) for one in mine) / 3600, 4),
                cost=round(handled * hourly_cost, 2),
                bottleneck=False,
            ),
        )
    worst = max(steps, key=lambda one: (one.cost, one.contacts))
    marked = [step.model_copy(update={"bottleneck": step.code == worst.code and step.contacts > 0}) for step in steps]
    return ProcessFlow(
        code=code,
        title=process.title,
        version=process.version,
        since=since,
        until=until,
        contacts=sum(step.contacts for step in marked),
        cost=round(sum(step.cost for step in marked), 2),
        steps=marked,
    )


def drawn(flow: ProcessFlow) -> tuple[list[Box], list[Arrow]]:
    """Return the process as a picture: each step with its contacts and cost, the bottleneck marked by a word and a line."""
    boxes = []
    for step in flow.steps:
        note = f"{step.contacts} contacts, cost {step.cost:.2f}" + (" (bottleneck)" if step.bottleneck else "")
        boxes.append(Box(step.code, step.title, note, "hot" if step.bottleneck else ""))
    waits = {step.code: f"{step.waits_hours:g} h" if step.waits_hours else "" for step in flow.steps}
    return boxes, [Arrow(step.code, to, waits[to]) for step in flow.steps for to in step.leads_to]
