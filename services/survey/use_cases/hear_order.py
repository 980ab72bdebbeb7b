"""An order was delivered: it is not finished when the call ends but when the goods are in hand."""

from services.customers.contract import OrderDelivered
from services.survey.contract import Attribution
from services.survey.domain.programme import Trigger
from services.survey.use_cases.plan_ask import Occasion


def delivered(event: OrderDelivered) -> Occasion:
    """Return the occasion of programmes that begin with a delivery, whether or not a contact came before."""
    nothing = dict.fromkeys(Attribution.model_fields, None)
    attribution = Attribution.model_validate({**nothing, "order_reference": event.order_reference})
    key = f"order:{event.order_reference}"
    return Occasion(Trigger.ORDER_DELIVERED, key, event.customer_id, "order", event.delivered_at, attribution, {})
