"""The talk is over: freeze the attribution, tell the others, and give the agent the queue's wrap-up time."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Body, Code, Command, Name, Reference
from services.routing.domain.contact import ContactState
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Contact, Reservation
from services.routing.repository import contacts, matching, queues
from services.routing.use_cases.finish_wrap_up import FINISH_WRAP_UP, finish_wrap_up
from services.routing.use_cases.freeze_attribution import contact_ended
from services.routing.use_cases.offer_call import offer_call


class NotConnected(Conflict):
    """Only a contact that an agent is talking to can be ended; one that waits is abandoned."""

    code = "contact_not_connected"


class EndContact(Command):
    """What the agent says about the contact."""

    disposition: Name
    driver: Code | None = None
    resolved: Literal["yes", "partly", "no"] | None = None
    notes: Body | None = None
    order_reference: Reference | None = None
    case_id: UUID | None = None
    articles: list[UUID] = Field(default_factory=list, max_length=50)


async def end_contact(uow: UnitOfWork, contact_id: UUID, command: EndContact) -> Contact:
    """End a connected contact; raises NotConnected. Handle time is talk plus the wrap-up that the queue grants."""
    await matching.lock_dispatch(uow)
    contact = await contacts.contact(uow, contact_id)
    held = await contacts.holding(uow, contact_id)
    if contact.state != ContactState.CONNECTED or contact.connected_at is None or held is None or contact.queue is None:
        raise NotConnected(f"Contact {contact_id} is {contact.state}.")
    queue = await queues.queue(uow, contact.queue)
    talk = contact.talked_seconds + (uow.now - contact.connected_at).total_seconds()
    said = command.model_dump(exclude={"articles", "order_reference", "case_id"})
    await contacts.change(
        uow,
        contact_id,
        **said,
        state=ContactState.ENDED.value,
        ended_at=uow.now,
        department=queue.department,
        order_reference=command.order_reference or contact.order_reference,
        case_id=command.case_id or contact.case_id,
        articles=[str(article) for article in command.articles],
        handle_seconds=talk + queue.wrap_up_seconds,
    )
    await queues.note_handled(uow, queue.key, talk)
    ended = await contacts.any_contact(uow, contact_id)
    uow.emit(contact_ended(ended))
    await _wrap_up(uow, held, queue.wrap_up_seconds)
    await offer_call(uow, ended)
    return ended


async def _wrap_up(uow: UnitOfWork, held: Reservation, seconds: int) -> None:
    await contacts.move(uow, held.id, ReservationStatus.WRAPPING)
    if seconds == 0:
        await finish_wrap_up(uow, held.id)
    else:
        await uow.schedule(FINISH_WRAP_UP, key=str(held.id), at=uow.now + timedelta(seconds=seconds))
