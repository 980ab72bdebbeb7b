"""The front door of the knowledge service."""

from services.kit.service import Service, create_app
from services.knowledge.adapters.opening import close_adapters, open_adapters
from services.knowledge.api import ROUTERS
from services.knowledge.consumers import CONSUMERS
from services.knowledge.jobs import JOBS
from services.knowledge.models import Base
from services.knowledge.settings import KnowledgeSettings

service = Service(
    name="knowledge",
    package="services.knowledge",
    metadata=Base.metadata,
    settings=KnowledgeSettings,
    routers=ROUTERS,
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=open_adapters,
    on_stop=close_adapters,
)
app = create_app(service)
