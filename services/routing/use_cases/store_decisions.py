"""Write what the engine decided: reservation, contact, place, reason and event, so many at a time as there are."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.contract import ContactOffered
from services.routing.domain.contact import Trigger
from services.routing.domain.desk import Decided, Desk, moment_of, seconds_of
from services.routing.domain.engine.explain import document_of, requirement_of, runners_up
from services.routing.domain.engine.parts import Weighed
from services.routing.domain.index import RULE_VERSION
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Reservation, RoutingDecision
from services.routing.repository.offers import Offered, move_contacts, take_places
from services.routing.use_cases.put_webhook import tell_adapters

_CARD = ("id", "name", "team", "site", "vendor")


class MirrorWrongError(Exception):
    """What is stored does not allow what the engine decided: its mirror was wrong. Nothing is stored, and the mirror is loaded anew."""


async def store_decisions(uow: UnitOfWork, desk: Desk, epoch: int, decided: list[Decided]) -> None:
    """Store offers; raises MirrorWrongError."""
    if not decided:
        return
    customers = await _give(uow, desk, decided)
    reservations, decisions = [], []
    for each in decided:
        pick, spec = each.pick, desk.engine.lines.specs[each.pick.contact.cls]
        reservation_id, agent = new_id(), desk.cards[pick.agent.id]
        expires_at = uow.now + timedelta(seconds=desk.engine.lines.queues[spec.queue].offer_s)
        reservations.append(_reservation(uow, reservation_id, each, spec.channel, epoch) | {"expires_at": expires_at})
        found = {"outcome": "offered", "agent_id": agent["id"], "reservation_id": reservation_id, "considered": pick.considered}
        found |= {"terms": document_of(desk.engine, pick, pick.chosen), "runners_up": runners_up(desk.engine, pick, _names(desk, pick.others))}
        if each.trigger == Trigger.BACKLOG:
            found["terms"] |= {"planned_together": True}
        decisions.append(_decision(uow, desk, epoch, pick.contact.id, each.trigger) | found)
        desk.watch(seconds_of(expires_at), reservation_id)
        customer_id = customers[pick.contact.id]
        uow.emit(
            ContactOffered(
                contact_id=pick.contact.id, customer_id=customer_id, reservation_id=reservation_id, agent_id=agent["id"], expires_at=expires_at
            )
        )
    await uow.insert(Reservation, *reservations)
    await uow.insert(RoutingDecision, *decisions)
    await tell_adapters(uow, [(row["id"], row["channel"]) for row in reservations])


async def _give(uow: UnitOfWork, desk: Desk, decided: list[Decided]) -> dict[UUID, UUID | None]:
    """Give the contacts to the agents, under the lock and only as what is stored allows; return contact to customer. Raises MirrorWrongError."""
    offered = [Offered(each.pick.contact.id, *(desk.cards[each.pick.agent.id][name] for name in _CARD)) for each in decided]
    taken = Counter((each.pick.agent.id, desk.engine.lines.specs[each.pick.contact.cls].channel) for each in decided)
    if not await take_places(uow, taken):
        raise MirrorWrongError(f"{taken.total()} places were given away, and not all of them are free")
    customers = await move_contacts(uow, offered)
    gone = [each.contact_id for each in offered if each.contact_id not in customers]
    if gone:
        raise MirrorWrongError(f"contact {gone[0]} does not wait, nor do {len(gone) - 1} others that were given away")
    return customers


def _names(desk: Desk, others: list[Weighed]) -> dict[Any, str]:
    return {each.who: str(desk.cards[each.who]["external_id"]) for each in others if each.who in desk.cards}


def _reservation(uow: UnitOfWork, reservation_id: UUID, each: Decided, channel: str, epoch: int) -> dict[str, Any]:
    return {
        "id": reservation_id,
        "contact_id": each.pick.contact.id,
        "agent_id": each.pick.agent.id,
        "channel": channel,
        "status": ReservationStatus.PENDING.value,
        "reason": None,
        "created_at": uow.now,
        "closed_at": None,
        "version": 1,
        "fencing_epoch": epoch,
    }


async def store_waiting(uow: UnitOfWork, desk: Desk, epoch: int, looked: Mapping[UUID, Trigger]) -> None:
    """Note why contacts that were looked at still wait."""
    still = [key for key in looked if (contact := desk.engine.contacts.get(key)) is not None and contact.live]
    await uow.insert(RoutingDecision, *(_decision(uow, desk, epoch, key, looked[key]) for key in still))


def _decision(uow: UnitOfWork, desk: Desk, epoch: int, contact_id: UUID, trigger: Trigger) -> dict[str, Any]:
    contact = desk.engine.contacts[contact_id]
    waited_s = max(0.0, (uow.now - moment_of(contact.since)).total_seconds())
    step, requirement = requirement_of(desk.engine.lines.specs[contact.cls], waited_s)
    return {
        "id": new_id(),
        "decided_at": uow.now,
        "contact_id": contact_id,
        "outcome": "waiting",
        "trigger": trigger.value,
        "rule": RULE_VERSION,
        "agent_id": None,
        "reservation_id": None,
        "step": step,
        "waited_s": waited_s,
        "requirement": requirement,
        "considered": 0,
        "terms": {},
        "runners_up": [],
        "epoch": epoch,
    }
