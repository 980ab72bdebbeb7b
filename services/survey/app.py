"""The front door of survey."""

from services.kit.service import Runtime, Service, create_app
from services.survey.adapters.opening import close_carriers, open_carriers
from services.survey.api import PAGES, ROUTERS
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
    routers=ROUTERS,
    root_routers=PAGES,
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=start,
    on_stop=close_carriers,
)
app = create_app(service)
