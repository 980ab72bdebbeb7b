"""Follow an order from the call to the goods in hand: surveys wait for it and offers come from it."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.customers import repository
from services.customers.contract import OrderCancelled, OrderDelivered, OrderPlaced
from services.customers.domain.keys import Key, KeyKind
from services.customers.domain.money import DIGITS, MOST, to_thousandths
from services.customers.models import CustomerOrder
from services.customers.use_cases.find_customer import find_customer
from services.customers.use_cases.put_customer import GivenKey
from services.customers.use_cases.read_key import KeyTaken, read_key
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, NotFound, Refused
from services.kit.fields import Command, Instant, Name, Reference
from services.kit.ids import new_id

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class OrderExists(Conflict):
    """An order reference is used once. The same order may be sent again unchanged; anything else needs another reference."""

    code = "order_exists"


class OrderClosed(Conflict):
    """A delivered order cannot be cancelled, a cancelled one cannot be delivered."""

    code = "order_closed"


class AmountIncomplete(Refused):
    """An amount needs the currency that it is in, and a currency is said of an amount."""

    code = "amount_incomplete"


class PlaceOrder(Command):
    """An order was placed. `placed_at` is now when it is left out; `amount` is what it cost in all, in the unit of `currency` (ISO 4217)."""

    order_reference: Reference
    customer_key: GivenKey
    product: Name | None = None
    placed_at: Instant | None = None
    amount: Annotated[Decimal, Field(ge=0, le=MOST, decimal_places=DIGITS)] | None = None
    currency: Currency | None = None


class DeliverOrder(Command):
    """The goods are in hand. `delivered_at` is now when it is left out."""

    delivered_at: Instant | None = None


class CancelOrder(Command):
    """The order will never be delivered. `cancelled_at` is now when it is left out."""

    cancelled_at: Instant | None = None


async def place_order(uow: UnitOfWork, command: PlaceOrder) -> CustomerOrder:
    """Record an order; its reference becomes a key of its customer. The same order again changes nothing."""
    key = read_key(KeyKind.ORDER, command.order_reference, pointer="/order_reference")
    if (command.amount is None) != (command.currency is None):
        missing = "currency" if command.currency is None else "amount"
        raise AmountIncomplete(f"Say the {missing}, too, or leave out both amount and currency.", pointer=f"/{missing}")
    customer_id = await find_customer(uow, None, command.customer_key)
    known = await repository.order(uow, key.value)
    if known is not None:
        return await _same(uow, known, customer_id, command)
    await _give_key(uow, customer_id, key)
    row = {
        "id": new_id(),
        "order_reference": key.value,
        "customer_id": customer_id,
        "product": command.product,
        "state": "placed",
        "placed_at": command.placed_at or uow.now,
        "closed_at": None,
        "version": 1,
        "amount_thousandths": _thousandths(command),
        "currency": command.currency,
    }
    await uow.insert(CustomerOrder, row)
    await repository.touch(uow, customer_id)
    uow.emit(OrderPlaced(order_reference=key.value, customer_id=customer_id, product=command.product, placed_at=row["placed_at"]))
    return CustomerOrder.model_validate(row)


async def deliver_order(uow: UnitOfWork, reference: str, command: DeliverOrder) -> CustomerOrder:
    """Record that the goods are in hand; again changes nothing."""
    order = await _order(uow, reference)
    if order.state == "delivered":
        return order
    _still_placed(order)
    delivered_at = command.delivered_at or uow.now
    uow.emit(OrderDelivered(order_reference=order.order_reference, customer_id=order.customer_id, delivered_at=delivered_at))
    return await repository.close_order(uow, order, "delivered", delivered_at)


async def cancel_order(uow: UnitOfWork, reference: str, command: CancelOrder) -> CustomerOrder:
    """Record that the order will never be delivered; again changes nothing."""
    order = await _order(uow, reference)
    if order.state == "cancelled":
        return order
    _still_placed(order)
    cancelled_at = command.cancelled_at or uow.now
    uow.emit(OrderCancelled(order_reference=order.order_reference, customer_id=order.customer_id, cancelled_at=cancelled_at))
    return await repository.close_order(uow, order, "cancelled", cancelled_at)


async def _order(uow: UnitOfWork, reference: str) -> CustomerOrder:
    found = await repository.order(uow, read_key(KeyKind.ORDER, reference).value, lock=True)
    if found is None:
        raise NotFound("There is no order with this reference.", pointer="/reference")
    return found


def _still_placed(order: CustomerOrder) -> None:
    if order.state != "placed":
        message = f"Order {order.order_reference} is {order.state} already."
        raise OrderClosed(message)


async def _same(uow: UnitOfWork, known: CustomerOrder, customer_id: UUID, command: PlaceOrder) -> CustomerOrder:
    members = await repository.person(uow, customer_id)
    same_time = command.placed_at is None or command.placed_at == known.placed_at
    said, stored = (command.product, _thousandths(command), command.currency), (known.product, known.amount_thousandths, known.currency)
    if known.customer_id not in members or said != stored or not same_time:
        message = f"Order {known.order_reference} exists already, for another customer or with other content."
        raise OrderExists(message, pointer="/order_reference")
    return known


def _thousandths(command: PlaceOrder) -> int | None:
    return None if command.amount is None else to_thousandths(command.amount)


async def _give_key(uow: UnitOfWork, customer_id: UUID, key: Key) -> None:
    owner = (await repository.key_owners(uow, [key])).get(key)
    if owner is None:
        await repository.add_keys(uow, customer_id, [key])
    elif owner not in await repository.person(uow, customer_id):
        message = f"The reference of this order is a key of customer {owner}. If they are one person, merge them with POST /customers/v1/merges."
        raise KeyTaken(message, pointer="/order_reference")
