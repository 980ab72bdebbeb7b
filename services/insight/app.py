"""The front door of insight."""

from services.insight.api import (
    alerts,
    analyses,
    charges,
    departments,
    exports,
    facts,
    figures,
    initiatives,
    loop,
    overview,
    pictures,
    pulses,
    statements,
    views,
)
from services.insight.consumers import CONSUMERS
from services.insight.jobs import JOBS, start_looking
from services.insight.models import Base
from services.insight.settings import InsightSettings
from services.kit.service import Service, create_app

ROUTED = (alerts, facts, exports, pictures, pulses, loop, overview, analyses, charges, figures, departments, statements, initiatives, views)
service = Service(
    name="insight",
    package="services.insight",
    metadata=Base.metadata,
    settings=InsightSettings,
    routers=[one.router for one in ROUTED],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=start_looking,
)
app = create_app(service)
