"""The front door of survey."""

from services.kit.service import Service, create_app
from services.survey.api import decisions, invitations, programmes, responses, surveys, views
from services.survey.api.pages import door, mine, stopping
from services.survey.consumers import CONSUMERS
from services.survey.jobs import JOBS, open_adapters
from services.survey.models import Base
from services.survey.settings import SurveySettings

service = Service(
    name="survey",
    package="services.survey",
    metadata=Base.metadata,
    settings=SurveySettings,
    routers=[surveys.router, programmes.router, decisions.router, invitations.router, responses.router, views.router, door.look],
    root_routers=[door.router, stopping.router, mine.router],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=open_adapters,
)
app = create_app(service)
