"""The front door of customers."""

from services.customers.api import cases, consents, customers, erasures, internal, merges, offers, orders, timeline
from services.customers.consumers import CONSUMERS
from services.customers.jobs import JOBS
from services.customers.models import Base
from services.customers.settings import CustomersSettings
from services.kit.service import Service, create_app

service = Service(
    name="customers",
    package="services.customers",
    metadata=Base.metadata,
    settings=CustomersSettings,
    routers=[module.router for module in (customers, merges, erasures, timeline, orders, cases, consents, offers, internal)],
    consumers=CONSUMERS,
    jobs=JOBS,
)
app = create_app(service)
