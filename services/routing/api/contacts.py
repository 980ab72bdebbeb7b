"""Contacts: queued, ended, abandoned, transferred, explained."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.fields import Code, Reference, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires
from services.routing.api.settled import Settled
from services.routing.contract import ContactView, ExplanationView
from services.routing.domain.contact import ContactState
from services.routing.queries.explain_contact import explain_agent, explain_contact
from services.routing.repository import contacts
from services.routing.use_cases.abandon_contact import abandon_contact
from services.routing.use_cases.end_contact import EndContact, end_contact
from services.routing.use_cases.queue_contact import QueueContact, queue_contact
from services.routing.use_cases.record_ended_contact import RecordEndedContact, record_ended_contact
from services.routing.use_cases.transfer_contact import TransferContact, transfer_contact

router = APIRouter(tags=["contacts"])
Reader = Annotated[Principal, requires("routing:read")]
Writer = Annotated[Principal, requires("routing:write")]


class ConditionView(View):
    """One condition of the rule."""

    condition: str
    met: bool
    sentence: str


class WhyNotView(View):
    """Why one agent does not have a contact: every condition with its verdict."""

    contact_id: UUID
    agent: str
    sentence: str
    conditions: list[ConditionView]


@router.post("/v1/contacts", status_code=201, response_model=ContactView)
async def post_contact(command: QueueContact, write: Settled, _: Writer) -> Response:
    """Queue a contact; it is offered at once if somebody can take it. The same external id again answers with the same contact."""
    return await write(queue_contact, command, view=ContactView)


@router.post("/v1/ended-contacts", status_code=201, response_model=ContactView)
async def post_ended_contact(command: RecordEndedContact, write: Settled, _: Writer) -> Response:
    """Record a contact that another system routed. The same external id again changes nothing."""
    return await write(record_ended_contact, command, view=ContactView)


@router.get("/v1/contacts")
async def list_contacts(
    read: Read,
    _: Reader,
    state: Annotated[ContactState | None, Query()] = None,
    queue: Annotated[Code | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[ContactView]:
    """List contacts, newest first; whose key is limited sees those of its sites and vendors."""
    page = await read(contacts.contacts_page, state, queue, cursor, limit)
    return Page(items=[ContactView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/v1/contacts/{contact_id}")
async def get_contact(contact_id: UUID, read: Read, _: Reader) -> ContactView:
    """Return a contact."""
    return ContactView.model_validate(await read(contacts.contact, contact_id))


@router.post("/v1/contacts/{contact_id}/end", response_model=ContactView)
async def post_end(contact_id: UUID, command: EndContact, write: Settled, _: Writer) -> Response:
    """End a connected contact and freeze its attribution."""
    return await write(end_contact, contact_id, command, view=ContactView)


@router.post("/v1/contacts/{contact_id}/abandon", response_model=ContactView)
async def post_abandon(contact_id: UUID, write: Settled, _: Writer) -> Response:
    """The customer left before an agent answered."""
    return await write(abandon_contact, contact_id, view=ContactView)


@router.post("/v1/contacts/{contact_id}/transfer", response_model=ContactView)
async def post_transfer(contact_id: UUID, command: TransferContact, write: Settled, _: Writer) -> Response:
    """Move a contact to another queue, or back to its own, with its age."""
    return await write(transfer_contact, contact_id, command, view=ContactView)


@router.get("/v1/contacts/{contact_id}/explanation")
async def get_explanation(contact_id: UUID, read: Read, _: Reader) -> ExplanationView:
    """Say why this agent, or why the contact still waits, term by term."""
    explained: ExplanationView = await read(explain_contact, contact_id)
    return explained


@router.get("/v1/contacts/{contact_id}/explanation/agents/{external_id}")
async def get_why_not(contact_id: UUID, external_id: Reference, read: Read, _: Reader) -> WhyNotView:
    """Say why the contact is not with this agent."""
    return WhyNotView.model_validate(await read(explain_agent, contact_id, external_id))
