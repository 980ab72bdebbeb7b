"""What mutations take. Bounds are the services' own: they refuse with a code and the field."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema.customers import IdentityKeyInput

GIVEN = {"customer": "The customer's key.", "customer_id": "The customer's id in REST, instead of a key."}


@strawberry.input(description="A contact that a telephony system routed and ended.")
class EndContactInput:
    """See POST /routing/v1/ended-contacts."""

    external_id: str = strawberry.field(description="The telephony system's id; the same one again changes nothing.")
    channel: str = strawberry.field(description="voice, chat, email, message, social or portal.")
    direction: str = strawberry.field(description="inbound or outbound.")
    started_at: datetime = strawberry.field(description="When it began.")
    ended_at: datetime = strawberry.field(description="When it was over.")
    wrap_up_seconds: int | None = strawberry.field(default=None, description="Work after the talk.")
    queue: str | None = strawberry.field(default=None, description="The queue.")
    agent_external_id: str | None = strawberry.field(default=None, description="Who served.")
    customer_id: UUID | None = strawberry.field(default=None, description=GIVEN["customer_id"])
    customer_key: IdentityKeyInput | None = strawberry.field(default=None, description=GIVEN["customer"])
    disposition: str | None = strawberry.field(default=None, description="What it came to.")
    driver: str | None = strawberry.field(default=None, description="Why the customer had to make contact.")
    topic: str | None = strawberry.field(default=None, description="What it was about.")
    resolved: str | None = strawberry.field(default=None, description="yes, partly or no.")
    order_reference: str | None = strawberry.field(default=None, description="The order concerned.")
    case_id: UUID | None = strawberry.field(default=None, description="The case it belongs to.")
    language: str | None = strawberry.field(default=None, description="BCP 47 language.")
    notes: str | None = strawberry.field(default=None, description="The agent's notes.")
    articles: list[UUID] | None = strawberry.field(default=None, description="Articles that were used.")


@strawberry.input(description="A skill and the least level of it.")
class NeedInput:
    """A need of a contact."""

    skill: str = strawberry.field(description="The skill's key.")
    level: int = strawberry.field(description="1 to 5.")


@strawberry.input(description="A contact that shall wait for an agent.")
class QueueContactInput:
    """See POST /routing/v1/contacts."""

    channel: str = strawberry.field(description="voice, chat, email, message, social or portal.")
    queue: str = strawberry.field(description="The queue.")
    external_id: str | None = strawberry.field(default=None, description="An id of your own; the same one again is the same contact.")
    customer_id: UUID | None = strawberry.field(default=None, description=GIVEN["customer_id"])
    customer_key: IdentityKeyInput | None = strawberry.field(default=None, description=GIVEN["customer"])
    topic: str | None = strawberry.field(default=None, description="What it is about.")
    language: str | None = strawberry.field(default=None, description="BCP 47 language.")
    requires: list[NeedInput] | None = strawberry.field(default=None, description="Skills that are needed beside the queue's own.")
    priority_credit_s: int | None = strawberry.field(default=None, description="Counts as seconds already waited, in steps of 30.")
    order_reference: str | None = strawberry.field(default=None, description="The order concerned.")
    case_id: UUID | None = strawberry.field(default=None, description="The case it belongs to.")
    context: JSON | None = strawberry.field(default=None, description="What the agent should know.")


@strawberry.input(description="What the agent says about a contact that was queued here.")
class EndQueuedContactInput:
    """See POST /routing/v1/contacts/{id}/end."""

    disposition: str = strawberry.field(description="What it came to.")
    driver: str | None = strawberry.field(default=None, description="Why the customer had to make contact.")
    resolved: str | None = strawberry.field(default=None, description="yes, partly or no.")
    notes: str | None = strawberry.field(default=None, description="The agent's notes.")
    order_reference: str | None = strawberry.field(default=None, description="The order concerned.")
    case_id: UUID | None = strawberry.field(default=None, description="The case it belongs to.")
    articles: list[UUID] | None = strawberry.field(default=None, description="Articles that were used.")


@strawberry.input(description="An issue of a customer.")
class OpenCaseInput:
    """See POST /customers/v1/cases."""

    title: str = strawberry.field(description="What it is about, in a line.")
    description: str = strawberry.field(description="What the customer says.")
    language: str = strawberry.field(description="BCP 47 language of the texts.")
    customer_id: UUID | None = strawberry.field(default=None, description=GIVEN["customer_id"])
    customer_key: IdentityKeyInput | None = strawberry.field(default=None, description=GIVEN["customer"])
    product: str | None = strawberry.field(default=None, description="The product concerned.")
    driver: str | None = strawberry.field(default=None, description="Why the customer had to make contact.")
    owner: str | None = strawberry.field(default=None, description="Who takes care of it; you when left out.")


@strawberry.input(description="What was wrong and what solved it.")
class WriteUpCaseInput:
    """See POST /customers/v1/cases/{id}/write-up."""

    title: str = strawberry.field(description="What it is about, in a line.")
    problem: str = strawberry.field(description="What was wrong.")
    resolution: str = strawberry.field(description="What solved it.")
    language: str = strawberry.field(description="BCP 47 language of the texts.")
    environment: str | None = strawberry.field(default=None, description="Where and with what it happened.")
    cause: str | None = strawberry.field(default=None, description="Why it happened.")


@strawberry.input(description="A new order.")
class PlaceOrderInput:
    """See POST /customers/v1/orders."""

    order_reference: str = strawberry.field(description="The shop's order number.")
    customer_key: IdentityKeyInput = strawberry.field(description=GIVEN["customer"])
    product: str | None = strawberry.field(default=None, description="What was ordered.")
    placed_at: datetime | None = strawberry.field(default=None, description="Now when left out.")
    amount: str | None = strawberry.field(default=None, description="What it cost in all, as decimal text; with its currency.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217 code of the amount.")


@strawberry.input(description="Something that was said.")
class RecordFeedbackInput:
    """See POST /feedback/v1/items."""

    external_id: str = strawberry.field(description="An id of your own; the same one again changes nothing.")
    kind: str = strawberry.field(description="answer, service_review, product_review, call_note, chat, email or idea.")
    text: str = strawberry.field(description="The words.")
    language: str | None = strawberry.field(default=None, description="BCP 47 language; detected when left out.")
    score: float | None = strawberry.field(default=None, description="The score on scaleMax.")
    scale_max: float | None = strawberry.field(default=None, description="5 for stars.")
    customer_id: UUID | None = strawberry.field(default=None, description=GIVEN["customer_id"])
    customer_key: IdentityKeyInput | None = strawberry.field(default=None, description=GIVEN["customer"])
    contact_id: UUID | None = strawberry.field(default=None, description="The contact that it is about.")
    said_at: datetime | None = strawberry.field(default=None, description="Now when left out.")


@strawberry.input(description="What was solved by an article: a case or a contact.")
class LinkArticleInput:
    """See POST /knowledge/v1/articles/{id}/link."""

    case_id: UUID | None = strawberry.field(default=None, description="The case; leave out the contact then.")
    contact_id: UUID | None = strawberry.field(default=None, description="The contact; leave out the case then.")
    customer_id: UUID | None = strawberry.field(default=None, description="The customer.")


@strawberry.input(description="The figure that an initiative should move, and to what.")
class TargetInput:
    """A target."""

    metric: str = strawberry.field(description="csat, dsat, nps, ces or resolution.")
    value: float = strawberry.field(description="What the figure should become.")


@strawberry.input(description="A part of the business; what is left out does not narrow.")
class InitiativeSliceInput:
    """A slice."""

    driver: str | None = strawberry.field(default=None, description="Only this cause; the initiative's own when left out.")
    site: str | None = strawberry.field(default=None, description="Only this site.")
    vendor: str | None = strawberry.field(default=None, description="Only this vendor.")
    team: str | None = strawberry.field(default=None, description="Only this team.")
    product: str | None = strawberry.field(default=None, description="Only this product.")
    segment: str | None = strawberry.field(default=None, description="Only this segment of customers.")


@strawberry.input(description="With what an initiative is compared.")
class ControlInput:
    """A control."""

    against: InitiativeSliceInput = strawberry.field(description="What the change does not touch.")
    where: InitiativeSliceInput | None = strawberry.field(default=None, description="Where the change is made; everywhere when left out.")


@strawberry.input(description="A change that removes a cause, with exactly one accountable person.")
class StartInitiativeInput:
    """See POST /insight/v1/initiatives."""

    title: str = strawberry.field(description="What is changed, in a line.")
    driver: str = strawberry.field(description="The cause that it removes.")
    responsible: str = strawberry.field(description="Who does it.")
    accountable: str = strawberry.field(description="Who answers for it.")
    target: TargetInput = strawberry.field(description="What it should reach.")
    baseline_from: datetime = strawberry.field(description="Begin of the comparison period.")
    baseline_to: datetime = strawberry.field(description="End of the comparison period.")
    due: datetime = strawberry.field(description="When it must be done.")
    department: str | None = strawberry.field(default=None, description="The department that causes it.")
    supports: list[str] | None = strawberry.field(default=None, description="Who helps.")
    informed: list[str] | None = strawberry.field(default=None, description="Who is told.")
    consulted: list[str] | None = strawberry.field(default=None, description="Who is asked.")
    messages: JSON | None = strawberry.field(default=None, description="Language to the sentence for customers; en is needed to publish.")
    evidence: list[strawberry.ID] | None = strawberry.field(default=None, description="Follow-ups and feedback items that it answers.")
    control: ControlInput | None = strawberry.field(default=None, description="What it is compared with, beside its own past.")


@strawberry.input(description="A new key.")
class IssueKeyInput:
    """See POST /gateway/v1/keys."""

    holder: str = strawberry.field(description="Who or what will use it.")
    roles: list[str] = strawberry.field(description="What it may do.")
    sites: list[str] | None = strawberry.field(default=None, description="Limit to these sites; no limit when left out.")
    vendors: list[str] | None = strawberry.field(default=None, description="Limit to these vendors; no limit when left out.")
    expires_at: datetime | None = strawberry.field(default=None, description="Until when; until revoked when left out.")
