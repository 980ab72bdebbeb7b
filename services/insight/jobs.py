"""What insight does by the clock."""

from services.insight.domain.alerts import broken_at
from services.insight.domain.cycle import State
from services.insight.domain.period import Asked
from services.insight.domain.training import needs
from services.insight.queries.alerts import PLACES, changes, outliers
from services.insight.queries.cycle_health import cycle_health, places_to_look_at
from services.insight.queries.training import looked_at
from services.insight.repository.rollups import ADD_UP, add_up, mark_if_new
from services.insight.use_cases.find_training_needs import find_training_needs
from services.insight.use_cases.raise_alerts import LOOK, keep_looks, plan_look, raise_alerts
from services.kit.due import DueJob
from services.kit.service import Job, Runtime


async def look_at_cycle(runtime: Runtime, job: DueJob) -> None:  # noqa: ARG001  there is one cycle, so the job says nothing more
    """Judge the last 30 days once a day, read first and written after, so that the long reads hold up no writer."""
    settings = runtime.settings
    found = await runtime.read(cycle_health, Asked(None, None, {}), settings.thresholds(), settings.minimum_answers)
    findings = [*await runtime.read(changes), *await runtime.read(outliers)]
    everywhere = {stage.stage for stage in found.stages if stage.state == State.BROKEN}
    for name, place in await runtime.read(places_to_look_at):
        part = await runtime.read(cycle_health, Asked(None, None, {name: place}), settings.thresholds(), settings.minimum_answers)
        await runtime.write(keep_looks, f"{name}={place}", part.stages)
        if name not in PLACES:  # alerts are of places
            continue
        here = [stage for stage in part.stages if stage.state == State.BROKEN and stage.stage not in everywhere]
        findings += [broken_at(name, place, stage.stage, stage.sentence) for stage in here]
    await runtime.write(raise_alerts, found.stages, findings, settings.alert_owner)
    await runtime.write(find_training_needs, needs(await runtime.read(looked_at)))


async def add_up_days(runtime: Runtime, job: DueJob) -> None:  # noqa: ARG001  there is one heap of days
    """Add up the days that changed, a few in each transaction, so that other writers get in between."""
    while await runtime.write(add_up):
        pass


async def start_looking(runtime: Runtime) -> None:
    """Plan the first look after a start; facts that were never added up are marked to be."""
    await runtime.write(plan_look)
    await runtime.write(mark_if_new)


JOBS = [Job(LOOK, look_at_cycle), Job(ADD_UP, add_up_days)]
