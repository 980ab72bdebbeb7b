"""Front door of routing."""

from services.kit.due import Job
from services.kit.service import Service, create_app
from services.routing.adapters.leader import close_leader, open_leader
from services.routing.adapters.rehearsal import rehearse
from services.routing.adapters.webhooks import tell_offer
from services.routing.api import (
    agents,
    backtests,
    contacts,
    customer_views,
    escalations,
    learning,
    policies,
    queues,
    reservations,
    shifts,
    skills,
    webhooks,
)
from services.routing.consumers import CONSUMERS
from services.routing.jobs import JOBS
from services.routing.models import Base
from services.routing.settings import RoutingSettings
from services.routing.use_cases.put_webhook import TELL_OFFER
from services.routing.use_cases.rehearse import MOST_BYTES, REHEARSE

service = Service(
    name="routing",
    package="services.routing",
    metadata=Base.metadata,
    settings=RoutingSettings,
    routers=[
        skills.router,
        queues.router,
        agents.router,
        shifts.router,
        contacts.router,
        reservations.router,
        escalations.router,
        learning.router,
        backtests.router,
        webhooks.router,
        policies.router,
        customer_views.router,
    ],
    larger_bodies={f"/routing{backtests.PATH}": MOST_BYTES},
    consumers=CONSUMERS,
    jobs=[*JOBS, Job(REHEARSE, rehearse, concurrency=1), Job(TELL_OFFER, tell_offer, concurrency=16)],
    on_start=open_leader,
    on_stop=close_leader,
)
app = create_app(service)
