"""Front door of routing."""

from services.kit.service import Service, create_app
from services.routing.adapters.leader import close_leader, open_leader
from services.routing.api import agents, contacts, customer_views, queues, reservations, skills
from services.routing.consumers import CONSUMERS
from services.routing.jobs import JOBS
from services.routing.models import Base
from services.routing.settings import RoutingSettings

service = Service(
    name="routing",
    package="services.routing",
    metadata=Base.metadata,
    settings=RoutingSettings,
    routers=[skills.router, queues.router, agents.router, contacts.router, reservations.router, customer_views.router],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=open_leader,
    on_stop=close_leader,
)
app = create_app(service)
