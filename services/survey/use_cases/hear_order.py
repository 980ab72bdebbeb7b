"""An order was placed, delivered or cancelled."""

from services.customers.contract import OrderCancelled, OrderDelivered, OrderPlaced
from services.kit.db import UnitOfWork
from services.survey.contract import Attribution
from services.survey.domain.programme import Trigger
from services.survey.repository import asking, known
from services.survey.use_cases.hear_contact import advance_by_programme
from services.survey.use_cases.plan_ask import Occasion, plan_ask


async def hear_order_placed(uow: UnitOfWork, event: OrderPlaced) -> None:
    """Note the order."""
    await known.hear_order(uow, event.order_reference, event.customer_id, product=event.product, placed_at=event.placed_at)


async def hear_order_delivered(uow: UnitOfWork, event: OrderDelivered) -> None:
    """An order is not finished when the call ends but when the goods are in hand: now the waiting asks may go on."""
    await known.hear_order(uow, event.order_reference, event.customer_id, delivered_at=event.delivered_at)
    await _advance_all(uow, event.order_reference)
    nothing = dict.fromkeys(Attribution.model_fields, None)
    attribution = Attribution.model_validate({**nothing, "order_reference": event.order_reference})
    key = f"order:{event.order_reference}"
    await plan_ask(uow, Occasion(Trigger.ORDER_DELIVERED, key, event.customer_id, "order", event.delivered_at, attribution, {}))


async def hear_order_cancelled(uow: UnitOfWork, event: OrderCancelled) -> None:
    """Nothing was delivered, so there is nothing to ask about."""
    await known.hear_order(uow, event.order_reference, event.customer_id, cancelled_at=event.cancelled_at)
    await _advance_all(uow, event.order_reference)


async def _advance_all(uow: UnitOfWork, order_reference: str) -> None:
    for decision in await asking.pending_of(uow, order_reference=order_reference):
        await advance_by_programme(uow, decision.id)
