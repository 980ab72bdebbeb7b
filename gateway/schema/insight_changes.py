"""What can be changed in insight: disputes, initiatives, employees' pulses and quality reviews."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.inputs import StartInitiativeInput
from gateway.schema.insight_initiatives import Initiative
from gateway.schema.insight_money import Dispute
from gateway.schema.insight_people import (
    Pulse,
    QualityForm,
    QualityReview,
    ReviewContactInput,
    SetPulseInput,
    SetQualityFormInput,
    SheetInput,
    SheetsTaken,
)
from gateway.schema.nested import nested
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import changes, raw_id
from services.insight.contract import InitiativeView

GIVEN = strawberry.argument(description="What to do.")
DepartmentKey = Annotated[str, strawberry.argument(description="The department that disputes.")]
InitiativeId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
StartedAt = Annotated[datetime | None, strawberry.argument(description="When the change took effect; now when left out.")]
Messages = Annotated[JSON | None, strawberry.argument(description="Language to sentence, added to those of the plan or replacing them.")]
PulseKey = Annotated[str, strawberry.argument(description="The pulse.")]
FormKey = Annotated[str, strawberry.argument(description="The quality form.")]
Sheets = Annotated[list[SheetInput], strawberry.argument(description="At least five: fewer would tell by their moment who they are from.")]
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

    @changes("Plan an initiative; nothing is told to anybody yet.")
    async def plan_initiative(
        self, info: Info, input: Annotated[StartInitiativeInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[Initiative]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        return await performed(lambda: context.clients.insight.plan(context.caller, body_of(input), idempotency_key), Initiative.of)

    @changes("Plan an initiative and start it: from now on its figure is compared with the baseline.")
    async def start_initiative(
        self, info: Info, input: Annotated[StartInitiativeInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[Initiative]:  # fmt: skip
        """Tell insight twice: plan, then start. Repeated with its key after a failure between the two, it goes on where it stopped."""
        context = at(info)
        client = context.clients.insight

        async def change() -> InitiativeView:
            planned = await client.plan(context.caller, body_of(input), idempotency_key)
            return await client.move(context.caller, str(planned.id), "start", {}, idempotency_key)

        return await performed(change, Initiative.of)

    @changes("Start an initiative that was planned: from then on its figure is compared with the baseline.")
    async def start_planned_initiative(
        self, info: Info, id: InitiativeId, started_at: StartedAt = None, idempotency_key: IdempotencyKey = None
    ) -> Payload[Initiative]:  # fmt: skip
        """Tell insight."""
        return await _move(info, id, "start", {} if started_at is None else {"started_at": started_at.isoformat()}, idempotency_key)

    @changes("Publish an initiative: everybody who spoke about its driver is told once, in their language.")
    async def publish_initiative(
        self, info: Info, id: InitiativeId, messages: Messages = None, idempotency_key: IdempotencyKey = None
    ) -> Payload[Initiative]:  # fmt: skip
        """Tell insight."""
        return await _move(info, id, "publish", {} if messages is None else {"messages": messages}, idempotency_key)

    @changes("Declare an employees' pulse, or rename it and its questions.")
    async def set_pulse(
        self, info: Info, key: PulseKey, input: Annotated[SetPulseInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[Pulse]:  # fmt: skip
        """Tell insight."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.insight.set_pulse(context.caller, key, input.body(), idempotency_key)

        return await performed(change, Pulse.of)

    @changes("Hand in sheets without names, at least five at a time.")
    async def give_sheets(self, info: Info, pulse: PulseKey, sheets: Sheets, idempotency_key: IdempotencyKey = None) -> Payload[SheetsTaken]:
        """Tell insight."""
        context = at(info)

        async def change() -> SheetsTaken:
            await context.clients.insight.give_sheets(context.caller, pulse, {"sheets": [one.body() for one in sheets]}, idempotency_key)
            return SheetsTaken(pulse=pulse, sheets=len(sheets))

        return await performed(change, lambda taken: taken)

    @changes("Say what reviewers look for; a change is a new version.")
    async def set_quality_form(
        self, info: Info, key: FormKey, input: Annotated[SetQualityFormInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[QualityForm]:  # fmt: skip
        """Tell insight."""
        context = at(info)
        return await performed(lambda: context.clients.insight.set_form(context.caller, key, body_of(input), idempotency_key), QualityForm.of)

    @changes("Judge a contact; the same contact judged by somebody else calibrates both.")
    async def review_contact(
        self, info: Info, form: FormKey, input: Annotated[ReviewContactInput, GIVEN], idempotency_key: IdempotencyKey = None
    ) -> Payload[QualityReview]:  # fmt: skip
        """Tell insight."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.insight.review(context.caller, form, input.body(), idempotency_key)

        return await performed(change, QualityReview.of)


async def _move(info: Info, given: strawberry.ID, verb: str, body: dict[str, Any], key: str | None) -> Payload[Initiative]:
    context = at(info)

    async def change() -> InitiativeView:
        return await context.clients.insight.move(context.caller, raw_id(str(given), ids.INITIATIVE), verb, body, key)

    return await performed(change, Initiative.of)
