"""Write what the engine decided: reservation, contact, place, reason and event, so many at a time as there are."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import col

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.contract import ContactOffered
from services.routing.domain.contact import ContactState, Trigger
from services.routing.domain.desk import Decided, Desk, moment_of, seconds_of
from services.routing.domain.engine.explain import document_of, requirement_of, runners_up
from services.routing.domain.engine.parts import Weighed
from services.routing.domain.index import RULE_VERSION
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import AgentChannel, Contact, Reservation, RoutingDecision
from services.routing.repository import desk as rows
from services.routing.use_cases.put_webhook import tell_adapters


class MirrorWrongError(Exception):
    """What is stored does not allow what the engine decided: its mirror was wrong. Nothing is stored, and the mirror is loaded anew."""


async def store_decisions(uow: UnitOfWork, desk: Desk, epoch: int, decided: list[Decided]) -> None:
    """Store offers; raises MirrorWrongError."""
    if not decided:
        return
    customers = await _refuse_impossible(uow, desk, decided)
    reservations, decisions, moved, taken = [], [], [], []
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
        moved.append({"here": pick.contact.id} | {f"to_{name}": agent[name] for name in ("id", "name", "team", "site", "vendor")})
        taken.append({"agent": agent["id"], "via": spec.channel})
        desk.watch(seconds_of(expires_at), reservation_id)
        customer_id = customers[pick.contact.id]
        uow.emit(
            ContactOffered(
                contact_id=pick.contact.id, customer_id=customer_id, reservation_id=reservation_id, agent_id=agent["id"], expires_at=expires_at
            )
        )
    await _take_places(uow, taken)
    await _move_contacts(uow, moved)
    await uow.insert(Reservation, *reservations)
    await uow.insert(RoutingDecision, *decisions)
    await tell_adapters(uow, [(row["id"], row["channel"]) for row in reservations])


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


async def _refuse_impossible(uow: UnitOfWork, desk: Desk, decided: list[Decided]) -> dict[UUID, UUID | None]:
    """Compare with what is stored, under the lock: every contact waits, every agent has a place. Return contact to customer."""
    found = {row["id"]: row for row in await rows.contacts(uow, {each.pick.contact.id for each in decided})}
    left = {
        (row["agent_id"], row["channel"]): row["maximum"] - row["used"] for row in await rows.places(uow, {each.pick.agent.id for each in decided})
    }
    for each in decided:
        contact_id, agent_id = each.pick.contact.id, each.pick.agent.id
        place = (agent_id, desk.engine.lines.specs[each.pick.contact.cls].channel)
        if found[contact_id]["state"] != ContactState.WAITING or left.get(place, 0) < 1:
            raise MirrorWrongError(f"contact {contact_id} is {found[contact_id]['state']}, agent {agent_id} has {left.get(place, 0)} places")
        left[place] -= 1
    return {contact_id: row["customer_id"] for contact_id, row in found.items()}


async def _take_places(uow: UnitOfWork, taken: list[dict[str, Any]]) -> None:
    here = (col(AgentChannel.agent_id) == bindparam("agent"), col(AgentChannel.channel) == bindparam("via"))
    await uow.run(update(AgentChannel).where(*here, col(AgentChannel.used) < col(AgentChannel.maximum)).values(used=AgentChannel.used + 1), taken)


async def _move_contacts(uow: UnitOfWork, moved: list[dict[str, Any]]) -> None:
    values: dict[str, Any] = {"agent_id": bindparam("to_id"), "agent_name": bindparam("to_name")}
    values |= {name: bindparam(f"to_{name}") for name in ("team", "site", "vendor")}
    values |= {"state": ContactState.OFFERED.value, "version": Contact.version + 1, "changed_at": uow.now}
    await uow.run(update(Contact).where(col(Contact.id) == bindparam("here")).values(**values), moved)


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
