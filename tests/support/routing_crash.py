"""Kills the leader of routing at a random statement, or between its commit and its memory, and counts what that has spoilt."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from services.kit.db import Tx, UnitOfWork
from services.routing.adapters.leader import LEADER, Leader
from tests.support.room import Room

MOST_STATEMENTS = 45
"""A round has about thirty statements; a higher number is the death after the commit."""


class KilledError(Exception):
    """The process is gone."""


@dataclass
class CutRuntime:
    """A runtime whose transactions die at their `at`-th statement, or after the commit when they are shorter."""

    runtime: Any
    at: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runtime, name)

    async def write(self, use_case: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        async def cut(uow: UnitOfWork, *given: Any) -> Any:
            left = self.at

            def counted(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
                async def call(*parameters: Any) -> Any:
                    nonlocal left
                    left -= 1
                    if left < 0:
                        raise KilledError
                    return await method(*parameters)

                return call

            for name in ("run", "raw", "raw_many"):
                setattr(uow, name, counted(getattr(uow, name)))
            return await use_case(uow, *given)

        await self.runtime.write(cut, *args)
        raise KilledError


@dataclass
class Spoilt:
    """What a crash must never leave behind."""

    lost: int = 0
    double: int = 0
    stuck: int = 0


@dataclass
class Floor:
    """Load on one room, through its doors."""

    room: Room
    lots: Random
    api: httpx.AsyncClient = field(init=False)
    taken_in: list[str] = field(default_factory=list)
    agents: int = 3

    async def open(self) -> None:
        self.api = self.room.client("routing:admin", "routing:write", "routing:read")
        await self._put("queues/sales", {"name": "Sales", "channels": ["voice"], "sla_seconds": 20, "sla_share": 0.8, "offer_seconds": 600})
        for number in range(self.agents):
            told = {"name": f"A{number}", "time_zone": "Europe/Berlin", "languages": {}, "skills": {}, "capacity": {"voice": 2}}
            await self._put(f"agents/a{number}", told | {"activity": "available"})

    async def _put(self, path: str, body: dict[str, Any]) -> None:
        assert (await self.api.put(f"/routing/v1/{path}", json=body)).status_code == 200

    async def happen(self) -> None:
        """One thing happens: somebody comes, leaves, is taken, is let pass, is done."""
        lot = self.lots.random()
        if lot < 0.5:
            answer = await self.api.post("/routing/v1/contacts", json={"channel": "voice", "queue": "sales"})
            assert answer.status_code == 201
            self.taken_in.append(answer.json()["id"])
            return
        reservations = await self.room.runtime.read(_reservations)
        if not reservations:
            return
        reservation_id, contact_id, status = self.lots.choice(reservations)
        if status == "accepted":
            await self.api.post(f"/routing/v1/contacts/{contact_id}/end", json={"disposition": "done"})
        elif lot < 0.6:
            await self.api.post(f"/routing/v1/reservations/{reservation_id}/decline", json={"reason": "busy"})
        elif lot < 0.7:
            await self.api.post(f"/routing/v1/contacts/{contact_id}/abandon")
        else:
            await self.api.post(f"/routing/v1/reservations/{reservation_id}/accept")

    async def crash(self, things: int) -> None:
        """Let things happen while the leader is dying, then have another take over."""
        runtime = self.room.runtime
        leader: Leader = runtime.resources[LEADER]
        leader._runtime = CutRuntime(  # type: ignore[assignment]  # stands in for it until the end
            runtime, self.lots.randrange(1, MOST_STATEMENTS)
        )
        for _ in range(things):
            await self.happen()
        await die(leader)
        successor = Leader(runtime)
        runtime.resources[LEADER] = successor
        await successor.start()

    async def count(self) -> Spoilt:
        """Count what is lost, doubled or stuck."""
        await self.room.settle()
        rows = await self.room.runtime.read(_state)
        known = {str(row["id"]) for row in rows["contacts"]}
        held: dict[str, int] = {}
        for row in rows["held"]:
            held[str(row["contact_id"])] = held.get(str(row["contact_id"]), 0) + 1
        spoilt = Spoilt(lost=len(set(self.taken_in) - known), double=sum(1 for count in held.values() if count > 1))
        for contact in rows["contacts"]:
            spoilt.lost += contact["state"] in ("offered", "connected") and str(contact["id"]) not in held
            spoilt.double += contact["state"] in ("waiting", "abandoned") and str(contact["id"]) in held
        load: dict[Any, int] = {}
        for row in rows["held"]:
            load[row["agent_id"]] = load.get(row["agent_id"], 0) + 1
        spoilt.double += sum(1 for place in rows["places"] if place["used"] != load.get(place["agent_id"], 0) or place["used"] > place["maximum"])
        passed = {(row["contact_id"], row["agent_id"]) for row in rows["passed"]}
        free = [place["agent_id"] for place in rows["places"] if place["used"] < place["maximum"]]
        waiting = [row["id"] for row in rows["contacts"] if row["state"] == "waiting"]
        spoilt.stuck = sum(1 for contact_id in waiting if any((contact_id, agent_id) not in passed for agent_id in free))
        return spoilt


async def die(leader: Leader) -> None:
    """What the end of its process does to a leader: its connections are cut, its memory is gone."""
    leader.mind = None
    if leader._standby is not None:
        leader._standby.cancel()
    if leader._lease is not None:
        lease, leader._lease = leader._lease, None
        lease.remove_termination_listener(leader._lost)
        await lease.close(timeout=2)


async def _reservations(tx: Tx) -> list[tuple[str, str, str]]:
    from sqlmodel import col, select

    from services.routing.models import Reservation

    found = await tx.all(select(Reservation).where(col(Reservation.status).in_(("pending", "accepted"))).order_by(col(Reservation.id)), Reservation)
    return [(str(each.id), str(each.contact_id), each.status) for each in found]


async def _state(tx: Tx) -> dict[str, list[Any]]:
    from sqlmodel import col, select

    from services.routing.domain.reservation import HOLDING
    from services.routing.models import AgentChannel, Contact, Exclusion, Reservation

    return {
        "contacts": await tx.rows(select(Contact.id, Contact.state)),
        "held": await tx.rows(select(Reservation.contact_id, Reservation.agent_id).where(col(Reservation.status).in_(HOLDING))),
        "places": await tx.rows(select(AgentChannel.agent_id, AgentChannel.used, AgentChannel.maximum)),
        "passed": await tx.rows(select(Exclusion.contact_id, Exclusion.agent_id)),
    }
