"""What can be changed. Each change is one call of one service; its refusals come back as userErrors."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from gateway.context import Info, at
from gateway.contract import KeyView
from gateway.schema import ids
from gateway.schema.access import AccessKey
from gateway.schema.customers import Case, Order, WriteUp
from gateway.schema.customers_more import CustomersMutation
from gateway.schema.feedback import FeedbackItem, FollowUp
from gateway.schema.feedback_all import FeedbackMutations
from gateway.schema.inputs import (
    EndContactInput,
    EndQueuedContactInput,
    IssueKeyInput,
    LinkArticleInput,
    OpenCaseInput,
    PlaceOrderInput,
    QueueContactInput,
    RecordFeedbackInput,
    WriteUpCaseInput,
)
from gateway.schema.insight_alerts import InsightAlertMutation
from gateway.schema.insight_changes import InsightMutation
from gateway.schema.insight_kept import InsightKeptMutation
from gateway.schema.knowledge import ArticleLink, KnowledgeMutation
from gateway.schema.knowledge_made import KnowledgeMadeMutation
from gateway.schema.knowledge_people import KnowledgePeopleMutation
from gateway.schema.knowledge_work import KnowledgeWorkMutation
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import changes, raw_id
from gateway.schema.routing import Contact, Reservation
from gateway.schema.routing_live import RoutingMutations
from gateway.schema.survey_asking import SurveyAskingMutations
from gateway.schema.survey_programmes import ProgrammeMutation

AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
GIVEN = strawberry.argument(description="What to change, and to what.")
Reason = Annotated[str, strawberry.argument(description="The reason.")]


@strawberry.type(description="What can be changed.")
class Mutation(
    CustomersMutation,
    FeedbackMutations,
    InsightAlertMutation,
    InsightKeptMutation,
    InsightMutation,
    KnowledgeMutation,
    KnowledgeMadeMutation,
    KnowledgePeopleMutation,
    KnowledgeWorkMutation,
    ProgrammeMutation,
    RoutingMutations,
    SurveyAskingMutations,
):
    """The root of all changes."""

    @changes("Record a contact that a telephony system routed and ended.")
    async def end_contact(self, info: Info, input: Annotated[EndContactInput, GIVEN], idempotency_key: IdempotencyKey = None) -> Payload[Contact]:
        """Tell routing."""
        context = at(info)
        return await performed(lambda: context.clients.routing.end_elsewhere(context.caller, body_of(input), idempotency_key), Contact.of)

    @changes("Let a contact wait for an agent; it is offered at once when somebody can take it.")
    async def queue_contact(self, info: Info, input: Annotated[QueueContactInput, GIVEN], idempotency_key: IdempotencyKey = None) -> Payload[Contact]:
        """Tell routing."""
        context = at(info)
        return await performed(lambda: context.clients.routing.queue(context.caller, body_of(input), idempotency_key), Contact.of)

    @changes("Take a contact that is offered.")
    async def accept_reservation(self, info: Info, id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[Reservation]:
        """Tell routing."""
        return await _answer(info, id, "accept", {}, idempotency_key)

    @changes("Let a contact that is offered pass.")
    async def decline_reservation(
        self,
        info: Info,
        id: AnyId,
        reason: Reason,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Reservation]:
        """Tell routing."""
        return await _answer(info, id, "decline", {"reason": reason}, idempotency_key)

    @changes("End a contact that was queued here.")
    async def end_queued_contact(
        self,
        info: Info,
        id: AnyId,
        input: Annotated[EndQueuedContactInput, GIVEN],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Contact]:
        """Tell routing."""
        context = at(info)

        async def change() -> Any:
            contact = raw_id(str(id), ids.CONTACT)
            return await context.clients.routing.end(context.caller, contact, body_of(input), idempotency_key)

        return await performed(change, Contact.of)

    @changes("Open a case.")
    async def open_case(self, info: Info, input: Annotated[OpenCaseInput, GIVEN], idempotency_key: IdempotencyKey = None) -> Payload[Case]:
        """Tell customers."""
        context = at(info)
        return await performed(lambda: context.clients.customers.open_case(context.caller, body_of(input), idempotency_key), Case.of)

    @changes("Write down what was wrong and what solved it: a draft article exists at once.")
    async def write_up_case(
        self,
        info: Info,
        id: AnyId,
        input: Annotated[WriteUpCaseInput, GIVEN],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[WriteUp]:
        """Tell customers."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.customers.write_up(context.caller, raw_id(str(id), ids.CASE), body_of(input), idempotency_key)

        return await performed(change, WriteUp.of)

    @changes("Say that a case is solved.")
    async def resolve_case(self, info: Info, id: AnyId, idempotency_key: IdempotencyKey = None) -> Payload[Case]:
        """Tell customers."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.customers.resolve(context.caller, raw_id(str(id), ids.CASE), idempotency_key)

        return await performed(change, Case.of)

    @changes("Tell of a new order.")
    async def order_placed(self, info: Info, input: Annotated[PlaceOrderInput, GIVEN], idempotency_key: IdempotencyKey = None) -> Payload[Order]:
        """Tell customers."""
        context = at(info)
        return await performed(lambda: context.clients.customers.place_order(context.caller, body_of(input), idempotency_key), Order.of)

    @changes("Tell that the goods are in hand.")
    async def order_delivered(
        self,
        info: Info,
        order_reference: Annotated[str, strawberry.argument(description="The shop's order number.")],
        delivered_at: Annotated[datetime | None, strawberry.argument(description="Now when left out.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Order]:
        """Tell customers."""
        context = at(info)
        body = {} if delivered_at is None else {"delivered_at": delivered_at.isoformat()}
        client = context.clients.customers
        return await performed(lambda: client.deliver_order(context.caller, order_reference, body, idempotency_key), Order.of)

    @changes("Record what was said.")
    async def record_feedback(
        self,
        info: Info,
        input: Annotated[RecordFeedbackInput, GIVEN],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FeedbackItem]:
        """Tell feedback."""
        context = at(info)
        return await performed(lambda: context.clients.feedback.record(context.caller, body_of(input), idempotency_key), FeedbackItem.of)

    @changes("Put a label right; the model learns from it.")
    async def correct_label(
        self,
        info: Info,
        item_id: AnyId,
        axis: Annotated[str, strawberry.argument(description="driver, product, disposition, journey_stage, topic, sentiment or severity.")],
        code: Annotated[str, strawberry.argument(description="The right value.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FeedbackItem]:
        """Tell feedback, then read the item as it is now."""
        context = at(info)
        client = context.clients.feedback

        async def change() -> Any:
            item = raw_id(str(item_id), ids.ITEM)
            await client.correct(context.caller, item, {"axis": axis, "code": code}, idempotency_key)
            return await client.item(context.caller, item)

        return await performed(change, FeedbackItem.of)

    @changes("Take a follow-up.")
    async def acknowledge_follow_up(
        self,
        info: Info,
        id: AnyId,
        owner: Annotated[str, strawberry.argument(description="Who owes the answer from now on.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FollowUp]:
        """Tell feedback."""
        return await _follow_up(info, id, "acknowledge", {"owner": owner}, idempotency_key)

    @changes("Close a follow-up that the customer does not answer; with an answer it closes by itself.")
    async def close_follow_up(
        self,
        info: Info,
        id: AnyId,
        note: Annotated[str, strawberry.argument(description="What was tried.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[FollowUp]:
        """Tell feedback."""
        return await _follow_up(info, id, "close", {"outcome": "no_answer", "note": note}, idempotency_key)

    @changes("Say that an article solved a case or a contact.")
    async def link_article(
        self,
        info: Info,
        id: AnyId,
        input: Annotated[LinkArticleInput, GIVEN],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[ArticleLink]:
        """Tell knowledge."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.knowledge.link(context.caller, raw_id(str(id), ids.ARTICLE), body_of(input), idempotency_key)

        return await performed(change, ArticleLink.of)

    @changes("Issue an API key. It is shown in this answer alone.")
    async def issue_key(self, info: Info, input: Annotated[IssueKeyInput, GIVEN]) -> Payload[AccessKey]:
        """Tell the gateway's own service."""
        context = at(info)
        return await performed(lambda: context.clients.keys.issue(context.caller, body_of(input)), AccessKey.of)

    @changes("Revoke an API key and every token made from it.")
    async def revoke_key(self, info: Info, id: AnyId) -> Payload[AccessKey]:
        """Tell the gateway's own service."""
        context = at(info)
        client = context.clients.keys

        async def change() -> KeyView:
            key_id = raw_id(str(id), ids.KEY)
            await client.revoke(context.caller, key_id)
            return await client.key(context.caller, key_id)

        return await performed(change, AccessKey.of)


async def _answer(info: Info, given: strawberry.ID, verb: str, body: dict[str, Any], key: str | None) -> Payload[Reservation]:
    context = at(info)

    async def change() -> Any:
        return await context.clients.routing.answer(context.caller, raw_id(str(given), ids.RESERVATION), verb, body, key)

    return await performed(change, Reservation.of)


async def _follow_up(info: Info, given: strawberry.ID, verb: str, body: dict[str, Any], key: str | None) -> Payload[FollowUp]:
    context = at(info)

    async def change() -> Any:
        return await context.clients.feedback.move(context.caller, raw_id(str(given), ids.FOLLOW_UP), verb, body, key)

    return await performed(change, FollowUp.of)
