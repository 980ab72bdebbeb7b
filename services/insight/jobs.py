"""What insight does by the clock."""

from services.insight.domain.period import Asked
from services.insight.queries.cycle_health import cycle_health
from services.insight.use_cases.raise_alerts import LOOK, plan_look, raise_alerts
from services.kit.due import DueJob
from services.kit.service import Job, Runtime


async def look_at_cycle(runtime: Runtime, job: DueJob) -> None:  # noqa: ARG001  there is one cycle, so the job says nothing more
    """Judge the last 30 days once a day, read first and written after, so that the long read holds up no writer."""
    settings = runtime.settings
    found = await runtime.read(cycle_health, Asked(None, None, {}), settings.thresholds(), settings.minimum_answers)
    await runtime.write(raise_alerts, found.stages)


async def start_looking(runtime: Runtime) -> None:
    """Plan the first look after a start."""
    await runtime.write(plan_look)


JOBS = [Job(LOOK, look_at_cycle)]
