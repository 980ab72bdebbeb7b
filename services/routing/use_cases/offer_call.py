"""After two e-mails on a case that did not solve it a call is offered: writing a third time costs both sides more than talking once."""

from services.kit.db import UnitOfWork
from services.routing.models import Contact
from services.routing.repository import contacts
from services.routing.use_cases.enqueue_contact import Arrival, enqueue_contact
from services.routing.use_cases.open_call_back import CALL_BACKS, VOICE, queue_or_default

EMAIL = "email"
EXCHANGES = 2


async def offer_call(uow: UnitOfWork, ended: Contact) -> None:
    """Queue one call-back per case when its second e-mail has ended and it is not solved; the dispatch lock is held."""
    if ended.channel != EMAIL or ended.case_id is None or ended.resolved == "yes":
        return
    external_id = f"two_emails:{ended.case_id}"
    written = await contacts.ended_of_case(uow, ended.case_id, EMAIL)
    if len(written) < EXCHANGES or await contacts.any_contact_called(uow, external_id) is not None:
        return
    queue = await queue_or_default(uow, CALL_BACKS, "Call-backs", [VOICE, EMAIL, "chat", "message"], sla_seconds=14_400)
    if VOICE not in queue.channels:
        return
    arrival = Arrival(
        channel=VOICE,
        direction="outbound",
        external_id=external_id,
        customer_id=ended.customer_id,
        topic=ended.topic,
        language=ended.language,
        order_reference=ended.order_reference,
        case_id=ended.case_id,
        context={"reason": "two_emails", "contacts": [str(each) for each in written]},
    )
    await enqueue_contact(uow, queue, arrival)
