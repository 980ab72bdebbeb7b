"""Orders."""

from typing import Annotated

from fastapi import Path, Response

from services.customers.contract import OrderView
from services.customers.use_cases.follow_orders import CancelOrder, DeliverOrder, PlaceOrder, cancel_order, deliver_order, place_order
from services.kit.auth import Principal
from services.kit.http import APIRouter, Write, requires

router = APIRouter(tags=["orders"])
OrderReference = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


@router.post("/v1/orders", status_code=201, response_model=OrderView)
async def post_order(command: PlaceOrder, write: Write, _: Annotated[Principal, requires("customers:write")]) -> Response:
    """Record an order; a key that nobody has makes a customer."""
    return await write(place_order, command, view=OrderView)


@router.post("/v1/orders/{reference}/delivered", response_model=OrderView)
async def post_delivered(
    reference: OrderReference, command: DeliverOrder, write: Write, _: Annotated[Principal, requires("customers:write")]
) -> Response:
    """Record that the goods are in hand."""
    return await write(deliver_order, reference, command, view=OrderView)


@router.post("/v1/orders/{reference}/cancelled", response_model=OrderView)
async def post_cancelled(
    reference: OrderReference, command: CancelOrder, write: Write, _: Annotated[Principal, requires("customers:write")]
) -> Response:
    """Record that the order will never be delivered."""
    return await write(cancel_order, reference, command, view=OrderView)
