"""What else can be asked and changed about customers: who is one person with whom, consents, and what a person may demand of us."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.export import SCOPE as PRIVACY
from gateway.clients.export import copy_of
from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.customers import Case, Consent
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import changes, computed, mapped, raw_id
from services.customers import contract

AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]


@strawberry.type(description="Two records that were found to be one person.")
class CustomerMerge:
    """A merge."""

    uid: UUID = strawberry.field(description="The id in REST, by which it is undone.")
    survivor_id: UUID = strawberry.field(description="The record whose id the person keeps.")
    merged_id: UUID = strawberry.field(description="The record that was found to be the same person.")
    reason: str = strawberry.field(description="Why.")
    merged_by: str = strawberry.field(description="Who said so.")
    merged_at: datetime = strawberry.field(description="When.")
    undone_at: datetime | None = strawberry.field(description="When it was taken back; null while it is in force.")

    @classmethod
    def of(cls, view: contract.MergeView) -> "CustomerMerge":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="Something that two customers share.")
class LikenessEvidence:
    """One piece of evidence."""

    kind: str = strawberry.field(description="name, mailbox or line.")
    bits: float = strawberry.field(description="How strongly it speaks for one person.")
    holders: int = strawberry.field(description="How many records have it.")
    sentence: str = strawberry.field(description="The evidence for a person to read.")


@strawberry.type(description="Somebody who may be the same person: a suggestion, never a merge.")
class CustomerCandidate:
    """A candidate."""

    customer_id: UUID = strawberry.field(description="The other person.")
    probability: float = strawberry.field(description="From 0 to 1.")
    evidence: list[LikenessEvidence] = strawberry.field(description="What speaks for it, strongest first.")
    refused_by: str | None = strawberry.field(description="Who said that these are different persons; null when nobody did.")
    refused_at: datetime | None = strawberry.field(description="When; null when nobody did.")

    @classmethod
    def of(cls, view: contract.CandidateView) -> "CustomerCandidate":
        """Build it from the view."""
        return mapped(cls, view, evidence=[mapped(LikenessEvidence, one) for one in view.evidence])


@strawberry.type(description="Two records of different persons, as somebody said who looked at them.")
class CandidateRefusal:
    """A refusal."""

    customer_id: UUID = strawberry.field(description="The one.")
    other_id: UUID = strawberry.field(description="The other.")
    refused_by: str = strawberry.field(description="Who said so first.")
    refused_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: contract.RefusalView) -> "CandidateRefusal":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="How far the forgetting of a person is.")
class CustomerErasure:
    """An erasure."""

    uid: UUID = strawberry.field(description="The id in REST.")
    person_id: UUID = strawberry.field(description="Who is forgotten.")
    state: str = strawberry.field(description="running or completed.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    completed_at: datetime | None = strawberry.field(description="When the last service answered; null before.")
    overdue: bool = strawberry.field(description="Whether somebody owes an answer for more than a day.")
    missing: list[str] = strawberry.field(description="The services that still owe one.")

    @classmethod
    def of(cls, view: contract.ErasureView) -> "CustomerErasure":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="What one service keeps of a person.")
class ExportPart:
    """One service's part of a copy of the data."""

    service: str = strawberry.field(description="The service.")
    rows: int = strawberry.field(description="How many rows.")
    sha256: str = strawberry.field(description="SHA-256 of the tables as canonical JSON (sorted keys): the receipt.")
    tables: JSON = strawberry.field(description="Table to rows.")


@strawberry.type(description="A copy of everything that is kept of a person.")
class CustomerExport:
    """An export."""

    customer_ids: list[UUID] = strawberry.field(description="All records of the person.")
    parts: list[ExportPart] = strawberry.field(description="One for each service that answered.")
    missing: list[str] = strawberry.field(description="The services that did not: ask again.")


@strawberry.type
class CustomersQuery:
    """Questions about customers beside the unified view."""

    @computed("Who may be the same person as this customer, the likeliest first.", scope="customers:read")
    async def customer_candidates(
        self,
        info: Info,
        id: AnyId,
        refused: Annotated[bool, strawberry.argument(description="Those alone of whom somebody said that they are other persons.")] = False,
    ) -> list[CustomerCandidate] | None:
        """Ask customers."""
        context = at(info)
        found = await context.clients.customers.candidates(context.caller, raw_id(str(id), ids.CUSTOMER), refused=refused)
        return [CustomerCandidate.of(one) for one in found]

    @computed("How far an erasure is.", scope=PRIVACY)
    async def customer_erasure(self, info: Info, id: AnyId) -> CustomerErasure | None:
        """Ask customers."""
        context = at(info)
        return CustomerErasure.of(await context.clients.customers.erasure(context.caller, str(UUID(str(id)))))

    @computed("A copy of everything that every service keeps of a person.", scope=PRIVACY)
    async def customer_export(self, info: Info, id: AnyId) -> CustomerExport | None:
        """Ask every service at once; one that does not answer is named."""
        context = at(info)
        found = await copy_of(context.clients, context.caller, raw_id(str(id), ids.CUSTOMER))
        return CustomerExport(customer_ids=found.customer_ids, parts=[mapped(ExportPart, part) for part in found.parts], missing=found.missing)


@strawberry.type
class CustomersMutation:
    """Changes of customers beside cases and orders."""

    @changes("Treat two customers as one person from now on. It can be taken back exactly.")
    async def merge_customers(
        self,
        info: Info,
        survivor_id: AnyId,
        merged_id: AnyId,
        reason: Annotated[str, strawberry.argument(description="Why they are one person.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[CustomerMerge]:
        """Tell customers."""
        context = at(info)

        async def change() -> contract.MergeView:
            body = {"survivor_id": raw_id(str(survivor_id), ids.CUSTOMER), "merged_id": raw_id(str(merged_id), ids.CUSTOMER), "reason": reason}
            return await context.clients.customers.merge(context.caller, body, idempotency_key)

        return await performed(change, CustomerMerge.of)

    @changes("Say that two customers are different persons: neither is suggested for the other any more.")
    async def refuse_candidate(self, info: Info, id: AnyId, other_id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[CandidateRefusal]:
        """Tell customers."""
        context, pair = at(info), (raw_id(str(id), ids.CUSTOMER), raw_id(str(other_id), ids.CUSTOMER))
        return await performed(lambda: context.clients.customers.refuse(context.caller, *pair, idempotency_key), CandidateRefusal.of)

    @changes("Take a merge back: both customers are what they would be without it.")
    async def undo_merge(self, info: Info, id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[CustomerMerge]:
        """Tell customers."""
        context = at(info)
        return await performed(lambda: context.clients.customers.undo(context.caller, str(id), idempotency_key), CustomerMerge.of)

    @changes("Record a customer's word on what we may do.")
    async def record_consent(
        self,
        info: Info,
        customer_id: AnyId,
        purpose: Annotated[str, strawberry.argument(description="survey, marketing or service.")],
        channel: Annotated[str, strawberry.argument(description="email, sms, voice, message or any.")],
        granted: Annotated[bool, strawberry.argument(description="Yes or no.")],
        text_version: Annotated[str, strawberry.argument(description="The version of the sentence that was shown.")],
        source: Annotated[str, strawberry.argument(description="Where it was said.")],
    ) -> Payload[Consent]:
        """Tell customers."""
        context = at(info)

        async def change() -> contract.ConsentView:
            body = {"granted": granted, "text_version": text_version, "source": source}
            return await context.clients.customers.consent(context.caller, raw_id(str(customer_id), ids.CUSTOMER), purpose, channel, body)

        return await performed(change, Consent.of)

    @changes("Write down whether the customer agrees that a case is solved; if not, it is open again.")
    async def confirm_case(
        self,
        info: Info,
        id: AnyId,
        solved: Annotated[bool, strawberry.argument(description="What the customer says.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Case]:
        """Tell customers."""
        context = at(info)
        return await performed(
            lambda: context.clients.customers.confirm(context.caller, raw_id(str(id), ids.CASE), {"solved": solved}, idempotency_key), Case.of
        )

    @changes("Forget a person in every service. This cannot be undone.")
    async def erase_customer(self, info: Info, id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[CustomerErasure]:
        """Tell customers."""
        context = at(info)

        async def change() -> contract.ErasureView:
            return await context.clients.customers.erase(context.caller, {"customer_id": raw_id(str(id), ids.CUSTOMER)}, idempotency_key)

        return await performed(change, CustomerErasure.of)
