"""The feedback service."""

from functools import partial

from services.feedback.adapters.embedders import embedder
from services.feedback.adapters.fetching import ReviewFetcher
from services.feedback.adapters.fitting_process import learned
from services.feedback.adapters.languages import detect_language
from services.feedback.adapters.preparing_process import UploadProcesses
from services.feedback.adapters.replies import ReplyDoor
from services.feedback.adapters.reviewers import ReviewerDoor
from services.feedback.adapters.shipped import Shipped
from services.feedback.api import export, follow_ups, found, imports, items, matching, models, replies, suggestions, taxonomy, webhooks
from services.feedback.api.platforms.fetched import fetched_review
from services.feedback.consumers import CONSUMERS
from services.feedback.jobs import JOBS
from services.feedback.models import Base
from services.feedback.settings import FeedbackSettings
from services.feedback.use_cases.call_shelf import SHELF, CallShelf
from services.feedback.use_cases.keep_calls import keep_calls
from services.feedback.use_cases.prepare_lines import PREPARING
from services.feedback.use_cases.read_items import Reader
from services.feedback.use_cases.sealing import PURPOSE, Vault, read_phones_of
from services.kit.crypto import derive
from services.kit.service import Runtime, Service, create_app


async def open_tools(runtime: Runtime) -> None:
    """Build what the doors and jobs work with; models load at first use."""
    settings: FeedbackSettings = runtime.settings
    key = settings.embedding_key.get_secret_value() if settings.embedding_key is not None else None
    tool = embedder(settings.embedder, folder=settings.onnx_folder, address=settings.embedding_url, model=settings.embedding_model, key=key)
    read_phones_of(settings.phone_region)
    runtime.resources["reader"] = Reader(tool, detect_language, Shipped(tool), {})
    runtime.resources["learned"] = learned
    vault_key = derive(settings.secret_key, PURPOSE)
    runtime.resources["vault"] = Vault(vault_key, settings.phone_region)
    runtime.resources[PREPARING] = UploadProcesses(vault_key, settings.phone_region)
    runtime.resources[SHELF] = CallShelf(partial(runtime.write, keep_calls))
    runtime.resources["platforms"] = webhooks.translate
    runtime.resources["publish"] = ReplyDoor()
    runtime.resources["ask_reviewer"] = ReviewerDoor()
    runtime.resources["fetch"] = ReviewFetcher()
    runtime.resources["fetched"] = fetched_review


async def close_tools(runtime: Runtime) -> None:
    """Close what holds connections."""
    await runtime.resources["publish"].close()
    await runtime.resources["ask_reviewer"].close()
    await runtime.resources["fetch"].close()


service = Service(
    name="feedback",
    package="services.feedback",
    metadata=Base.metadata,
    settings=FeedbackSettings,
    routers=[one.router for one in (webhooks, imports, export, items, matching, models, taxonomy, follow_ups, replies, found, suggestions)],
    consumers=CONSUMERS,
    jobs=JOBS,
    on_start=open_tools,
    on_stop=close_tools,
    larger_bodies={imports.PATH: imports.MOST_BYTES},
)
app = create_app(service)
