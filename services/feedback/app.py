"""The feedback service."""

from services.feedback.adapters.embedders import embedder
from services.feedback.adapters.languages import detect_language
from services.feedback.adapters.shipped import Shipped
from services.feedback.api import follow_ups, imports, items, models, taxonomy, webhooks
from services.feedback.consumers import CONSUMERS
from services.feedback.jobs import JOBS
from services.feedback.models import Base
from services.feedback.settings import FeedbackSettings
from services.feedback.use_cases.read_items import Reader
from services.feedback.use_cases.sealing import PURPOSE, Vault, read_phones_of
from services.kit.crypto import derive
from services.kit.mail import mail_sender
from services.kit.service import Runtime, Service, create_app


async def open_tools(runtime: Runtime) -> None:
    """Build what the doors and jobs work with; models load at first use."""
    settings: FeedbackSettings = runtime.settings
    tool = embedder(settings.embedder)
    read_phones_of(settings.phone_region)
    runtime.resources["reader"] = Reader(tool, detect_language, Shipped(tool), {})
    runtime.resources["vault"] = Vault(derive(settings.secret_key, PURPOSE), settings.phone_region)
    runtime.resources["mail"] = mail_sender(settings)


service = Service(
    name="feedback",
    package="services.feedback",
    metadata=Base.metadata,
    settings=FeedbackSettings,
    routers=[imports.router, items.router, models.router, webhooks.router, taxonomy.router, follow_ups.router],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=open_tools,
    larger_bodies={imports.PATH: imports.MOST_BYTES},
)
app = create_app(service)
