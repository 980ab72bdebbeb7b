"""What can be changed in insight beside initiatives: a department disputes a contact, and somebody decides."""

from typing import Annotated, Any

import strawberry

from gateway.context import Info, at
from gateway.schema.insight_loop import Dispute
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import changes

GIVEN = strawberry.argument(description="What to do.")
DepartmentKey = Annotated[str, strawberry.argument(description="The department that disputes.")]
DisputeId = Annotated[strawberry.ID, strawberry.argument(description="The dispute's id in REST.")]


@strawberry.input(description="A contact on a department's statement that is not its own.")
class RaiseDisputeInput:
    """See POST /insight/v1/departments/{key}/disputes."""

    contact_id: strawberry.ID = strawberry.field(description="The contact.")
    note: str = strawberry.field(description="Why it is not ours.")
    suggested: str | None = strawberry.field(default=None, description="Whose it is, if known.")


@strawberry.input(description="What is decided about a dispute.")
class DecideDisputeInput:
    """See POST /insight/v1/disputes/{id}/decision."""

    accept: bool = strawberry.field(description="Whether the contact goes to another department.")
    note: str = strawberry.field(description="Why.")
    department: str | None = strawberry.field(default=None, description="Who pays instead; as the dispute suggested when left out.")


def _made(view: Any) -> Dispute:
    return nested(Dispute, view, uid=view.id, steps=None)


@strawberry.type(description="What can be changed in insight.")
class InsightMutation:
    """Changes in insight."""

    @changes("Dispute a contact on a department's statement.")
    async def raise_dispute(
        self, info: Info, department: DepartmentKey, input: Annotated[RaiseDisputeInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[Dispute]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        return await performed(lambda: context.clients.insight.raise_dispute(context.caller, department, body_of(input), idempotency_key), _made)

    @changes("Decide a dispute: accepted, the contact is charged elsewhere; otherwise it stays.")
    async def decide_dispute(
        self, info: Info, id: DisputeId, input: Annotated[DecideDisputeInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[Dispute]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        return await performed(lambda: context.clients.insight.decide_dispute(context.caller, str(id), body_of(input), idempotency_key), _made)
