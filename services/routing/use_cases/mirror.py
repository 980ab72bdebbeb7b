"""Bring the engine's mirror up to date with what is stored: everything at a start, only what changed afterwards."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kit.db import Tx
from services.routing.domain.contact import Trigger
from services.routing.domain.desk import Aside, Desk, profile_of, seconds_of
from services.routing.domain.eligibility import from_document
from services.routing.domain.engine.parts import UNKNOWN, QueuePromise
from services.routing.domain.index import expected_handle_s
from services.routing.domain.shifts import takes_offers
from services.routing.repository import desk as rows
from services.routing.repository import lessons
from services.routing.repository.agents import standings


async def mirror_all(tx: Tx, desk: Desk) -> None:
    """Load everything: queues, agents with what they hold, contacts that wait, open offers. Nobody is looked at before all is there."""
    await mirror_queues(tx, desk)
    await _agents(tx, desk, None, {})
    found = await rows.waiting(tx)
    await _contacts(tx, desk, found, await rows.exclusions(tx, None), {})
    for offer in await rows.pending(tx):
        desk.watch(seconds_of(offer["expires_at"]), offer["id"])


async def mirror_changes(tx: Tx, desk: Desk, agents: Mapping[UUID, Trigger], contacts: Mapping[UUID, Trigger]) -> None:
    """Load what changed."""
    if agents:
        await _agents(tx, desk, agents.keys(), agents)
    if contacts:
        found = await rows.contacts(tx, contacts.keys())
        asked_before = [contact_id for contact_id, trigger in contacts.items() if trigger is not Trigger.CONTACT_QUEUED]
        await _contacts(tx, desk, found, await rows.exclusions(tx, asked_before), contacts)


async def mirror_queues(tx: Tx, desk: Desk) -> None:
    """Take over what the queues promise and what was learned about them."""
    for row in await rows.queues(tx):
        desk.put_queue(
            QueuePromise(
                key=row["key"],
                sla_s=float(row["sla_seconds"]),
                sla_share=row["sla_share"],
                service_level=row["service_level"],
                left=row["leavers"],
                waited_s=row["waited_seconds"],
                handle_s=expected_handle_s(row["expected_handle_seconds"], row["handled"], row["handled_seconds"]),
                wrap_s=float(row["wrap_up_seconds"]),
                starvation_s=float(row["starvation_seconds"]),
                offer_s=float(row["offer_seconds"]),
                cool_down_s=float(row["cool_down_seconds"]),
                weight=row["weight"],
                allowance_s=row["shift_end_allowance_seconds"],
            )
        )


async def _agents(tx: Tx, desk: Desk, ids: Collection[UUID] | None, triggers: Mapping[UUID, Trigger]) -> None:
    places: dict[UUID, dict[str, int]] = defaultdict(dict)
    since: dict[UUID, datetime] = {}
    for agent_id, channel, maximum, idle_since in await rows.places(tx, ids):
        places[agent_id][channel] = maximum
        since[agent_id] = max(idle_since, since.get(agent_id, idle_since))
    holds: dict[UUID, dict[Any, str]] = defaultdict(dict)
    for agent_id, contact_id, channel, created_at in await rows.held(tx, ids):
        holds[agent_id][contact_id] = channel
        since[agent_id] = max(created_at, since.get(agent_id, created_at))
    learned: dict[UUID, list[tuple[str, float, float]]] = defaultdict(list)
    for row in await lessons.affinities(tx, ids):
        known = (UNKNOWN if row["resolution"] is None else row["resolution"], UNKNOWN if row["pace"] is None else row["pace"])
        learned[row["agent_id"]].append((row["queue"], *known))
    stands: dict[UUID, dict[str, int]] = defaultdict(dict)
    for row in await standings(tx, ids):
        stands[row["agent_id"]][row["skill"]] = row["level"]
    now = seconds_of(tx.now)
    for agent in sorted(await rows.agents(tx, ids), key=lambda row: str(row["id"])):
        agent_id = agent["id"]
        desk.cards[agent_id] = agent
        ends_at = agent["shift_ends_at"] if agent["plan_counts"] else None
        closed = desk.closed_to(agent_id, None if ends_at is None else seconds_of(ends_at), now)
        skills = agent["skills"] | stands[agent_id] if agent_id in stands else agent["skills"]
        desk.put_agent(
            agent_id,
            profile_of(skills, places.get(agent_id, {}), learned.get(agent_id, ()), closed, agent["load"]),
            on_shift=takes_offers(agent["activity"], agent["planned"], plan_counts=agent["plan_counts"]),
            since=seconds_of(since[agent_id]) if agent_id in since else 0.0,
            held=holds.get(agent_id, {}),
            trigger=triggers.get(agent_id, Trigger.AGENT_CHANGED),
        )


async def _contacts(tx: Tx, desk: Desk, found: list[Any], exclusions: list[Any], triggers: Mapping[UUID, Trigger]) -> None:
    waiting = [row for row in found if row["state"] == "waiting" and row["class_key"] is not None and row["waits_from"] <= tx.now]
    still = {row["id"] for row in waiting}
    for row in found:
        if row["id"] not in still:
            desk.drop_contact(row["id"])
    unknown = {row["class_key"] for row in waiting if desk.engine.lines.find(row["class_key"]) is None}
    for each in await rows.classes(tx, unknown):
        desk.put_class(each["key"], each["queue"], each["channel"], from_document(each["policy"]), float(each["credit_s"]))
    passed: dict[UUID, dict[UUID, float]] = defaultdict(dict)
    for each in exclusions:
        passed[each["contact_id"]][each["agent_id"]] = seconds_of(each["excluded_at"])
    for row in sorted(waiting, key=lambda row: (row["waits_from"], str(row["id"]))):
        cls = desk.engine.lines.find(row["class_key"])
        if cls is None:
            raise RuntimeError(f"contact {row['id']} has no class")
        desk.put_contact(row["id"], cls, seconds_of(row["waits_from"]), _aside(tx, row, passed.get(row["id"], {})), triggers.get(row["id"]))


def _aside(tx: Tx, row: Any, passed: Mapping[UUID, float]) -> Aside:
    banned = frozenset(UUID(agent_id) for agent_id in row["banned"])
    until = row["sticky_until"]
    if row["sticky_agent_id"] is None or until is None or until <= tx.now or row["sticky_agent_id"] in passed:
        return Aside(passed, banned)
    return Aside(passed, banned, row["sticky_agent_id"], seconds_of(until))
