"""Take in what others told, many events with a few statements: what is known first, then new decisions, then those that may go on now.

Where two events of a batch touch the same thing the result is that of their order; all of a batch happens at one moment.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.customers.contract import CaseOpened, CaseResolved, ConsentChanged, CustomerChanged, OrderCancelled, OrderDelivered, OrderPlaced
from services.kit.db import UnitOfWork
from services.kit.events import Envelope, Event
from services.routing.contract import ContactEnded
from services.survey.domain.programme import Matter
from services.survey.repository import hearing
from services.survey.use_cases.advance_decision import advance
from services.survey.use_cases.anchor_people import anchor_new
from services.survey.use_cases.hear_case import resolved
from services.survey.use_cases.hear_contact import contacts_ended
from services.survey.use_cases.hear_order import delivered
from services.survey.use_cases.plan_ask import Occasion, plan_asks

Told = Sequence[tuple[Event, Envelope]]


async def hear_many(uow: UnitOfWork, told: Told) -> None:
    """Hear of customers, their words, orders, cases and contacts."""
    by_kind: dict[type[Event], list[Any]] = defaultdict(list)
    for event, _ in told:
        by_kind[type(event)].append(event)
    changed = await _customers(uow, by_kind[CustomerChanged])
    await _words(uow, [(event, envelope) for event, envelope in told if isinstance(event, ConsentChanged)])
    orders = await _orders(uow, [event for event, _ in told if isinstance(event, OrderPlaced | OrderDelivered | OrderCancelled)])
    await _cases(uow, by_kind[CaseOpened], by_kind[CaseResolved])
    occasions: list[Occasion] = await contacts_ended(uow, by_kind[ContactEnded])
    occasions += [delivered(event) for event in by_kind[OrderDelivered]]
    occasions += [resolved(event) for event in by_kind[CaseResolved]]
    # Those that waited go on before new ones are noted: what is new knows the batch already.
    await advance(uow, orders=orders, customers=sorted(changed, key=str))
    await plan_asks(uow, occasions)


async def _customers(uow: UnitOfWork, events: Sequence[CustomerChanged]) -> set[UUID]:
    """Keep the newest picture; an erased customer stays erased. Return whose picture changed."""
    newest: dict[UUID, CustomerChanged] = {}
    for event in events:
        if event.customer_id not in newest or newest[event.customer_id].version < event.version:
            newest[event.customer_id] = event
    names = ("customer_id", "version", "display_name", "language", "time_zone", "email", "phone", "country", "tier", "segment", "preferred_channel")
    rows = [{**{name: getattr(event, name) for name in names}, "erased_at": None} for event in newest.values()]
    present = await hearing.known_before(uow, newest) if newest else set()
    changed = await hearing.hear_customers(uow, rows)
    keys = {(key.kind, key.value): event.customer_id for event in newest.values() if event.customer_id in changed for key in event.keys[:100]}
    await hearing.hear_keys(uow, [{"kind": kind, "value": value, "customer_id": customer_id} for (kind, value), customer_id in keys.items()])
    await anchor_new(uow, sorted(changed - present, key=str))
    return changed


async def _words(uow: UnitOfWork, told: Sequence[tuple[ConsentChanged, Envelope]]) -> None:
    """Keep each word, as old as it is; what is not sent yet is judged by it."""
    latest: dict[tuple[UUID, str, str], Mapping[str, Any]] = {}
    for event, envelope in told:
        key = (event.customer_id, event.purpose, event.channel)
        if key not in latest or latest[key]["said_at"] <= envelope.occurred_at:
            about = {"customer_id": event.customer_id, "purpose": event.purpose, "channel": event.channel}
            latest[key] = {**about, "granted": event.granted, "said_at": envelope.occurred_at}
    await hearing.hear_words(uow, list(latest.values()))


async def _orders(uow: UnitOfWork, events: Sequence[OrderPlaced | OrderDelivered | OrderCancelled]) -> list[str]:
    """Note orders; return the references of those that were delivered or cancelled."""
    rows: dict[str, dict[str, Any]] = {}
    blank = dict.fromkeys(("product", "placed_at", "delivered_at", "cancelled_at"))
    for event in events:
        row = rows.setdefault(event.order_reference, {"order_reference": event.order_reference, **blank})
        row["customer_id"] = event.customer_id
        match event:
            case OrderPlaced():
                row |= {"product": event.product, "placed_at": event.placed_at}
            case OrderDelivered():
                row["delivered_at"] = event.delivered_at
            case OrderCancelled():
                row["cancelled_at"] = event.cancelled_at
    await hearing.hear_orders(uow, list(rows.values()))
    return sorted({event.order_reference for event in events if not isinstance(event, OrderPlaced)})


async def _cases(uow: UnitOfWork, opened: Sequence[CaseOpened], closed: Sequence[CaseResolved]) -> None:
    """Note what is open with customers, and what no longer is."""
    rows: dict[UUID, dict[str, Any]] = {}
    for event in opened:
        rows[event.case_id] = {"matter_id": event.case_id, "customer_id": event.customer_id, "closed_at": None}
    for each in closed:
        rows[each.case_id] = {"matter_id": each.case_id, "customer_id": each.customer_id, "closed_at": each.resolved_at}
    await hearing.hear_matters(uow, [{**row, "kind": Matter.CASE.value, "opened_at": None} for row in rows.values()])
