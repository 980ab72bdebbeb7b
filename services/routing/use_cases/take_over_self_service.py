"""Self-service did not help and the customer wants a person: the agent gets everything that was tried."""

from services.kit.db import UnitOfWork
from services.knowledge.contract import SelfServiceFailed
from services.routing.repository import contacts, matching
from services.routing.use_cases.enqueue_contact import Arrival, enqueue_contact
from services.routing.use_cases.open_call_back import queue_or_default

SELF_SERVICE = "self_service"
CHANNELS = ["chat", "voice", "email", "message"]


async def take_over_self_service(uow: UnitOfWork, event: SelfServiceFailed) -> None:
    """Queue one contact per session, with queries and articles in its context."""
    if not event.wants_contact:
        return
    await matching.lock_dispatch(uow)
    external_id = f"self_service:{event.session_id}"
    if await contacts.contact_called(uow, external_id) is not None:
        return
    queue = await queue_or_default(uow, SELF_SERVICE, "After self-service", CHANNELS, sla_seconds=120)
    channel = event.channel if event.channel in queue.channels else queue.channels[0]
    arrival = Arrival(
        channel=channel,
        direction="inbound",
        external_id=external_id,
        customer_id=event.customer_id,
        customer_keys=list(event.customer_keys),
        language=event.language,
        context={
            "self_service": {
                "session_id": str(event.session_id),
                "queries": event.queries,
                "articles": [str(article) for article in event.articles],
                "failed_at": event.failed_at.isoformat(),
            }
        },
    )
    await enqueue_contact(uow, queue, arrival)
