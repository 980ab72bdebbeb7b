"""The front door of insight."""

from services.insight.api import departments, figures, initiatives, overview, statements, views
from services.insight.consumers import CONSUMERS
from services.insight.jobs import JOBS, start_looking
from services.insight.models import Base
from services.insight.settings import InsightSettings
from services.kit.service import Service, create_app

service = Service(
    name="insight",
    package="services.insight",
    metadata=Base.metadata,
    settings=InsightSettings,
    routers=[overview.router, figures.router, departments.router, statements.router, initiatives.router, views.router],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=start_looking,
)
app = create_app(service)
