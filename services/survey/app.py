"""The front door of survey."""

from services.kit.service import Runtime, Service, create_app
from services.survey.adapters.opening import close_carriers, open_carriers
from services.survey.api import audits, carriers, decisions, invitations, programmes, pulses, responses, simulations, surveys, views
from services.survey.api.pages import door, mine, pulse, stopping
from services.survey.consumers import CONSUMERS
from services.survey.jobs import JOBS, open_adapters
from services.survey.models import Base
from services.survey.settings import SurveySettings


async def start(runtime: Runtime) -> None:
    """Open what the service works with."""
    await open_adapters(runtime)
    await open_carriers(runtime)


service = Service(
    name="survey",
    package="services.survey",
    metadata=Base.metadata,
    settings=SurveySettings,
    routers=[
        surveys.router,
        programmes.router,
        audits.router,
        simulations.router,
        decisions.router,
        invitations.router,
        responses.router,
        views.router,
        carriers.router,
        pulses.router,
        door.look,
    ],
    root_routers=[door.router, stopping.router, mine.router, pulse.router],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=start,
    on_stop=close_carriers,
)
app = create_app(service)
