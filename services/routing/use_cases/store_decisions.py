"""Write what the engine decided: reservation, contact, place, reason and event, so many at a time as there are."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
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
from services.routing.repository.offers import Offered, add_alike, move_contacts, take_places
from services.routing.use_cases.put_webhook import tell_adapters


class MirrorWrongError(Exception):
    """What is stored does not allow what the engine decided: its mirror was wrong. Nothing is stored, and the mirror is loaded anew."""


async def store_decisions(uow: UnitOfWork, desk: Desk, epoch: int, decided: list[Decided]) -> None:
    """Store offers; raises MirrorWrongError."""
    if not decided:
        return
    customers = await _give(uow, desk, decided)
    ends = _Ends(uow.now)
    reservations, decisions = [], []
    for each in decided:
        pick, spec = each.pick, desk.engine.lines.specs[each.pick.contact.cls]
        reservation_id, contact_id, agent_id = new_id(), pick.contact.id, pick.agent.id
        expires_at, lapses_at = ends[desk.engine.lines.queues[spec.queue].offer_s]
        reservation = {"id": reservation_id, "contact_id": contact_id, "agent_id": agent_id, "channel": spec.channel, "expires_at": expires_at}
        reservations.append(reservation)
        found = {"agent_id": agent_id, "reservation_id": reservation_id, "considered": pick.considered}
        found |= {"terms": document_of(desk.engine, pick, pick.chosen), "runners_up": runners_up(desk.engine, pick, _names(desk, pick.others))}
        if each.trigger == Trigger.BACKLOG:
            found["terms"] |= {"planned_together": True}
        decisions.append(_looked(desk, uow.now, contact_id, each.trigger) | found)
        desk.watch(lapses_at, reservation_id)
        customer_id = customers[contact_id]
        uow.emit(
            ContactOffered(contact_id=contact_id, customer_id=customer_id, reservation_id=reservation_id, agent_id=agent_id, expires_at=expires_at)
        )
    asked = {"status": ReservationStatus.PENDING.value, "created_at": uow.now, "version": 1, "fencing_epoch": epoch}
    await add_alike(uow, Reservation, asked, reservations)
    await add_alike(uow, RoutingDecision, _decided(uow, "offered", epoch), decisions)
    await tell_adapters(uow, [(row["id"], row["channel"]) for row in reservations])


class _Ends(dict[float, tuple[datetime, float]]):
    """By the seconds that an offer stands: when it lapses, as a moment and as the engine counts it."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __missing__(self, offer_s: float) -> tuple[datetime, float]:
        expires_at = self._now + timedelta(seconds=offer_s)
        self[offer_s] = expires_at, seconds_of(expires_at)
        return self[offer_s]


async def _give(uow: UnitOfWork, desk: Desk, decided: list[Decided]) -> dict[UUID, UUID | None]:
    """Give the contacts to the agents, under the lock and only as what is stored allows; return contact to customer. Raises MirrorWrongError."""
    offered = [_offered(each.pick.contact.id, desk.cards[each.pick.agent.id]) for each in decided]
    taken = Counter((each.pick.agent.id, desk.engine.lines.specs[each.pick.contact.cls].channel) for each in decided)
    if not await take_places(uow, taken):
        raise MirrorWrongError(f"{taken.total()} places were given away, and not all of them are free")
    customers = await move_contacts(uow, offered)
    gone = [each.contact_id for each in offered if each.contact_id not in customers]
    if gone:
        raise MirrorWrongError(f"contact {gone[0]} does not wait, nor do {len(gone) - 1} others that were given away")
    return customers


def _offered(contact_id: UUID, card: Mapping[str, Any]) -> Offered:
    return Offered(contact_id, card["id"], card["name"], card["team"], card["site"], card["vendor"])


def _names(desk: Desk, others: list[Weighed]) -> dict[Any, str]:
    return {each.who: str(desk.cards[each.who]["external_id"]) for each in others if each.who in desk.cards}


async def store_waiting(uow: UnitOfWork, desk: Desk, epoch: int, looked: Mapping[UUID, Trigger]) -> None:
    """Note why contacts that were looked at still wait."""
    still = [key for key in looked if (contact := desk.engine.contacts.get(key)) is not None and contact.live]
    nobody: dict[str, Any] = {"considered": 0, "terms": {}, "runners_up": []}
    await add_alike(uow, RoutingDecision, _decided(uow, "waiting", epoch), [_looked(desk, uow.now, key, looked[key]) | nobody for key in still])


def _decided(uow: UnitOfWork, outcome: str, epoch: int) -> dict[str, Any]:
    """Return what the decisions of one round have in common."""
    return {"decided_at": uow.now, "outcome": outcome, "rule": RULE_VERSION, "epoch": epoch}


def _looked(desk: Desk, now: datetime, contact_id: UUID, trigger: Trigger) -> dict[str, Any]:
    """Return what a decision says of the contact itself."""
    contact = desk.engine.contacts[contact_id]
    waited_s = max(0.0, (now - moment_of(contact.since)).total_seconds())
    step, requirement = requirement_of(desk.engine.lines.specs[contact.cls], waited_s)
    return {"id": new_id(), "contact_id": contact_id, "trigger": trigger.value, "step": step, "waited_s": waited_s, "requirement": requirement}
