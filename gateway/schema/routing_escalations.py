"""Escalations: what somebody higher up has to look at, and what is said about it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.asking import or_none, paged
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.person import Person
from gateway.schema.relay import After, Connection, First, changes, computed, mapped, page_from, raw_id
from services.routing import contract


@strawberry.type(description="One level that an escalation has been at.")
class EscalationStep:
    """A step."""

    level: int = strawberry.field(description="Counted from 1.")
    cause: str = strawberry.field(description="person, waited_too_long, unhappy_again or not_acknowledged.")
    from_whom: str | None = strawberry.field(description="Who raised it; null: a rule did.")
    to_whom: str = strawberry.field(description="Who was to look.")
    at: datetime = strawberry.field(description="When it came there.")


@strawberry.type(description="A contact, case or follow-up that somebody higher up has to look at.")
class Escalation:
    """An escalation."""

    uid: UUID = strawberry.field(description="The id in REST.")
    version: int = strawberry.field(description="Grows with each change.")
    queue: str = strawberry.field(description="The queue whose levels count.")
    contact_id: UUID | None = strawberry.field(description="The contact; null when only a case or follow-up is known.")
    case_id: UUID | None = strawberry.field(description="The case; null when there is none.")
    follow_up_id: UUID | None = strawberry.field(description="The follow-up; null when there is none.")
    customer_id: UUID | None = strawberry.field(description="The customer; null while unknown.")
    level: int = strawberry.field(description="The level that it is at, counted from 1.")
    cause: str = strawberry.field(description="Why it is there: person, waited_too_long, unhappy_again or not_acknowledged.")
    reason: str = strawberry.field(description="The reason for a person to read.")
    from_whom: str | None = strawberry.field(description="Who raised it to this level; null: a rule did.")
    to_whom: str = strawberry.field(description="Who is to look.")
    state: str = strawberry.field(description="open, acknowledged or resolved.")
    raised_at: datetime = strawberry.field(description="When it began.")
    level_since: datetime = strawberry.field(description="When it came to this level.")
    acknowledge_by: datetime | None = strawberry.field(description="When it goes higher by itself, or is late at the highest level; null: never.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody began to look after it; null before.")
    acknowledged_by: str | None = strawberry.field(description="Who; null before.")
    resolved_at: datetime | None = strawberry.field(description="When it was over; null before.")
    resolved_by: str | None = strawberry.field(description="Who said so; null before.")
    outcome: str | None = strawberry.field(description="What it came to; null when not said.")
    steps: list[EscalationStep] = strawberry.field(description="Every level that it has been at, oldest first.")
    site: str | None = strawberry.field(description="The site of the contact's agent; null without one.")
    vendor: str | None = strawberry.field(description="The vendor of the contact's agent; null without one.")

    @computed("The customer in short; null while unknown.")
    async def customer(self, info: Info) -> Person | None:
        """Load many in one call."""
        return None if self.customer_id is None else Person.maybe(await at(info).person(self.customer_id))

    @classmethod
    def of(cls, view: contract.EscalationView) -> "Escalation":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id, steps=[mapped(EscalationStep, step) for step in view.steps])


@strawberry.input(description="What is escalated: name one of contact, case and follow-up.")
class EscalateInput:
    """See POST /routing/v1/escalations."""

    reason: str = strawberry.field(description="Why somebody has to look.")
    contact_id: strawberry.ID | None = strawberry.field(default=None, description="A contact: the global id, or the id in REST.")
    case_id: UUID | None = strawberry.field(default=None, description="A case.")
    follow_up_id: UUID | None = strawberry.field(default=None, description="A follow-up.")
    queue: str | None = strawberry.field(default=None, description="The queue whose levels count; that of the newest contact when left out.")
    level: int | None = strawberry.field(default=None, description="The level to begin at; 1 when left out.")
    raised_by: str | None = strawberry.field(default=None, description="Who asks for it; whoever holds the key when left out.")


Uid = Annotated[UUID, strawberry.argument(description="The id of the escalation in REST.")]
By = Annotated[str | None, strawberry.argument(description="Who says so; whoever holds the key when left out.")]
OfUid = Annotated[UUID | None, strawberry.argument(description="Only of this one.")]


@strawberry.type
class EscalationQueries:
    """What can be asked of escalations."""

    @computed("Escalations, newest first.", scope="routing:read")
    async def escalations(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: Annotated[str | None, strawberry.argument(description="Only open, acknowledged or resolved ones.")] = None,
        queue: Annotated[str | None, strawberry.argument(description="Only of this queue.")] = None,
        level: Annotated[int | None, strawberry.argument(description="Only at this level.")] = None,
        to_whom: Annotated[str | None, strawberry.argument(description="Only those that this one is to look at.")] = None,
        contact_id: OfUid = None,
        case_id: OfUid = None,
        follow_up_id: OfUid = None,
        customer_id: OfUid = None,
    ) -> Connection[Escalation] | None:
        """Ask routing."""
        of = {"contact_id": contact_id, "case_id": case_id, "follow_up_id": follow_up_id, "customer_id": customer_id}
        context, query = paged(info, first, after, state=state, queue=queue, level=level, to_whom=to_whom, **of)
        page = await context.clients.routing.escalations(context.caller, query)
        return page_from(page.items, page.next_cursor, after, Escalation.of)

    @computed("One escalation. Null when there is no such one.", scope="routing:read")
    async def escalation(self, info: Info, uid: Uid) -> Escalation | None:
        """Ask routing."""
        context = at(info)
        found = await or_none(context.clients.routing.escalation(context.caller, str(uid)))
        return None if found is None else Escalation.of(found)


@strawberry.type
class EscalationMutations:
    """What is said of escalations."""

    @changes("Have somebody higher up look at a contact, a case or a follow-up.")
    async def escalate_contact(
        self,
        info: Info,
        input: Annotated[EscalateInput, strawberry.argument(description="What is escalated, and why.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Escalation]:
        """Tell routing."""
        context = at(info)

        async def change() -> Any:
            body = body_of(input)
            if input.contact_id is not None:
                body["contact_id"] = raw_id(str(input.contact_id), ids.CONTACT)
            return await context.clients.routing.escalate(context.caller, body, idempotency_key)

        return await performed(change, Escalation.of)

    @changes("Look after an escalation: it does not climb by itself any more.")
    async def acknowledge_escalation(self, info: Info, uid: Uid, by: By = None, idempotency_key: IdempotencyKey = None) -> Payload[Escalation]:
        """Tell routing."""
        return await _said(info, uid, "acknowledge", {"by": by}, idempotency_key)

    @changes("Take an escalation one level higher.")
    async def raise_escalation(
        self,
        info: Info,
        uid: Uid,
        reason: Annotated[str, strawberry.argument(description="Why the next level has to look at it.")],
        by: By = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Escalation]:
        """Tell routing."""
        return await _said(info, uid, "raise", {"reason": reason, "by": by}, idempotency_key)

    @changes("Say that an escalation is over, and what it came to.")
    async def resolve_escalation(
        self,
        info: Info,
        uid: Uid,
        outcome: Annotated[str | None, strawberry.argument(description="What it came to.")] = None,
        by: By = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Escalation]:
        """Tell routing."""
        return await _said(info, uid, "resolve", {"outcome": outcome, "by": by}, idempotency_key)


async def _said(info: Info, uid: UUID, verb: str, body: dict[str, str | None], once: str | None) -> Payload[Escalation]:
    context = at(info)
    given = {name: value for name, value in body.items() if value is not None}
    return await performed(lambda: context.clients.routing.answer_escalation(context.caller, str(uid), verb, given, once), Escalation.of)
