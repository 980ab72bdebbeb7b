"""What routing knows: contacts, offers to agents, and why."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.person import Person
from gateway.schema.relay import Node, computed, global_id, mapped
from services.routing import contract


@strawberry.type(description="A contact as the unified customer view shows it.")
class CustomerContact(Node):
    """A contact in short."""

    uid: UUID = strawberry.field(description="The id in REST.")
    channel: str = strawberry.field(description="voice, chat, email, message, social or portal.")
    direction: str = strawberry.field(description="inbound or outbound.")
    state: str = strawberry.field(description="Where it stands in its life.")
    queue: str | None = strawberry.field(description="The queue it waits or waited in; null when it never did.")
    topic: str | None = strawberry.field(description="What it is about; null when not said.")
    queued_at: datetime = strawberry.field(description="When it began.")
    ended_at: datetime | None = strawberry.field(description="When it was over; null before.")
    agent_name: str | None = strawberry.field(description="Who serves or served; null while nobody does.")
    disposition: str | None = strawberry.field(description="What it came to; null before the end.")
    driver: str | None = strawberry.field(description="Why the customer had to make contact; null while unknown.")
    resolved: str | None = strawberry.field(description="The agent's view: yes, partly, no; null when not said.")
    case_id: UUID | None = strawberry.field(description="The case it belongs to; null when there is none.")
    follow_up_id: UUID | None = strawberry.field(description="The follow-up that it serves; null when there is none.")

    @classmethod
    def of(cls, view: contract.ContactSummary) -> "CustomerContact":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.CONTACT, view.id), uid=view.id)


@strawberry.type(description="One contact, whole.")
class Contact(Node):
    """A contact."""

    uid: UUID = strawberry.field(description="The id in REST.")
    version: int = strawberry.field(description="Grows with each change.")
    external_id: str | None = strawberry.field(description="The telephony system's id; null when it was queued here.")
    channel: str = strawberry.field(description="voice, chat, email, message, social or portal.")
    direction: str = strawberry.field(description="inbound or outbound.")
    state: str = strawberry.field(description="Where it stands in its life.")
    queue: str | None = strawberry.field(description="The queue; null when it never waited.")
    customer_id: UUID | None = strawberry.field(description="The customer; null while unknown.")
    topic: str | None = strawberry.field(description="What it is about; null when not said.")
    language: str | None = strawberry.field(description="BCP 47 language; null when not said.")
    order_reference: str | None = strawberry.field(description="The order concerned; null when there is none.")
    case_id: UUID | None = strawberry.field(description="The case it belongs to; null when there is none.")
    follow_up_id: UUID | None = strawberry.field(description="The follow-up that it serves; null when there is none.")
    context: JSON = strawberry.field(description="What was known when it came, such as what self-service tried.")
    queued_at: datetime = strawberry.field(description="When it began.")
    waits_from: datetime = strawberry.field(description="The moment that its waiting is counted from, credit included.")
    connected_at: datetime | None = strawberry.field(description="When an agent took it; null before.")
    ended_at: datetime | None = strawberry.field(description="When it was over; null before.")
    agent_id: UUID | None = strawberry.field(description="Who is asked, serves or served; null while nobody is.")
    agent_name: str | None = strawberry.field(description="That agent's name.")
    team: str | None = strawberry.field(description="That agent's team.")
    site: str | None = strawberry.field(description="That agent's site.")
    vendor: str | None = strawberry.field(description="That agent's vendor.")
    disposition: str | None = strawberry.field(description="What it came to; null before the end.")
    driver: str | None = strawberry.field(description="Why the customer had to make contact; null while unknown.")
    department: str | None = strawberry.field(description="The department that caused it; null while unknown.")
    resolved: str | None = strawberry.field(description="The agent's view: yes, partly, no; null when not said.")
    notes: str | None = strawberry.field(description="The agent's notes; null when there are none.")
    articles: list[UUID] = strawberry.field(description="Articles that were used.")
    transfers: int = strawberry.field(description="How often it was handed on.")
    handle_seconds: float | None = strawberry.field(description="Talk plus wrap-up; null before the end.")

    @computed("The customer in short; null while unknown.")
    async def customer(self, info: Info) -> Person | None:
        """Load many in one call."""
        return None if self.customer_id is None else Person.maybe(await at(info).person(self.customer_id))

    @classmethod
    def of(cls, view: contract.ContactView) -> "Contact":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.CONTACT, view.id), uid=view.id)


@strawberry.type(description="One agent asked for one contact.")
class Reservation(Node):
    """A reservation."""

    uid: UUID = strawberry.field(description="The id in REST.")
    contact_id: UUID = strawberry.field(description="The contact.")
    agent_id: UUID = strawberry.field(description="The agent.")
    channel: str = strawberry.field(description="The channel that it takes a place of.")
    status: str = strawberry.field(description="Where the reservation stands in its life.")
    reason: str | None = strawberry.field(description="Why it was let pass; null when not said.")
    created_at: datetime = strawberry.field(description="When the agent was asked.")
    expires_at: datetime = strawberry.field(description="Until when the agent may answer.")
    closed_at: datetime | None = strawberry.field(description="When it was answered or ran out; null before.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: contract.ReservationView) -> "Reservation":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.RESERVATION, view.id), uid=view.id)


@strawberry.type(description="An offer as the agent sees it.")
class AgentOffer:
    """An offer to an agent."""

    reservation: Reservation = strawberry.field(description="What to accept or decline.")
    contact: Contact = strawberry.field(description="The contact.")
    why: str = strawberry.field(description="Why it came to this agent.")

    @classmethod
    def of(cls, view: contract.OfferView) -> "AgentOffer":
        """Build it from the view."""
        return cls(reservation=Reservation.of(view.reservation), contact=Contact.of(view.contact), why=view.why)


@strawberry.type(description="Why an agent was asked, or why nobody could be.")
class RoutingDecision:
    """A decision of routing, term by term."""

    uid: UUID = strawberry.field(description="The id in REST.")
    decided_at: datetime = strawberry.field(description="When.")
    outcome: str = strawberry.field(description="What was decided.")
    trigger: str = strawberry.field(description="What made routing look.")
    rule: str = strawberry.field(description="The rule and its version.")
    agent_id: UUID | None = strawberry.field(description="The agent who was asked; null when nobody was.")
    reservation_id: UUID | None = strawberry.field(description="The reservation; null when nobody was asked.")
    step: int = strawberry.field(description="How far the requirement had loosened.")
    waited_s: float = strawberry.field(description="Seconds that the contact had waited.")
    considered: int = strawberry.field(description="How many agents were compared.")
    requirement: JSON = strawberry.field(description="Skills and levels that were wanted.")
    terms: JSON = strawberry.field(description="Every term of the score.")
    runners_up: JSON = strawberry.field(description="Who came next, with their terms.")
    sentence: str = strawberry.field(description="The decision for a person to read.")

    @classmethod
    def of(cls, view: contract.DecisionView) -> "RoutingDecision":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="Why a contact is where it is.")
class ContactExplanation:
    """An explanation."""

    contact_id: UUID = strawberry.field(description="The contact.")
    state: str = strawberry.field(description="Where it stands.")
    sentence: str = strawberry.field(description="The reason for a person to read.")
    waited_s: float = strawberry.field(description="Seconds that it waited.")
    next_step_in_s: float | None = strawberry.field(description="Seconds until the requirement loosens; null when it will not.")
    requirement: JSON = strawberry.field(description="Skills and levels that are wanted now.")
    agents: JSON = strawberry.field(description="How many agents are on shift, skilled, free, excluded.")
    decisions: list[RoutingDecision] = strawberry.field(description="Newest first, at most 20.")

    @classmethod
    def of(cls, view: contract.ExplanationView) -> "ContactExplanation":
        """Build it from the view."""
        return mapped(cls, view, decisions=[RoutingDecision.of(found) for found in view.decisions])
