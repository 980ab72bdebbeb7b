"""Random lives of customers with merges and undos, and what each record must look like when every merge is taken back.

The expectation is kept beside the service by the simplest rules: a record has what was said to it, nothing else. It knows of no merge.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from services.customers import repository
from services.customers.app import service
from services.customers.contract import CustomerView
from services.customers.domain.consents import Channel, Purpose
from services.customers.domain.keys import KeyKind
from services.customers.queries.timeline import newest
from services.customers.use_cases.follow_orders import PlaceOrder, place_order
from services.customers.use_cases.merge_customers import MergeCustomers, merge_customers, undo_merge
from services.customers.use_cases.put_customer import GivenKey, PutCustomer, put_customer
from services.customers.use_cases.record_consent import RecordConsent, record_consent
from services.kit.db import Tx
from services.kit.events import Envelope, Event
from services.kit.ids import new_id
from tests.integration.customers.builders import MONDAY, answered, contact_ended, contact_offered, contact_queued, key
from tests.support.room import Room, opened_room

STEPS = 12
RECORDS = 3


@dataclass(frozen=True)
class Look:
    """What the service shows of one record."""

    view: CustomerView
    line: list[tuple[datetime, UUID]]
    """Entries that others told, newest first."""
    mood: str | None
    own: Counter[str]


@dataclass
class Expected:
    """What was said to one record."""

    account: str
    id: UUID = field(default_factory=new_id)
    keys: set[tuple[str, str]] = field(default_factory=set)
    name: str | None = None
    entries: list[tuple[datetime, UUID]] = field(default_factory=list)
    own: Counter[str] = field(default_factory=Counter)
    moods: list[tuple[datetime, int]] = field(default_factory=list)


class History:
    """One random life of three records."""

    def __init__(self, seed: int, room: Room) -> None:
        self.chance = random.Random(seed)  # noqa: S311  a reproducible life
        self.room = room
        self.seed = seed
        self.records = [Expected(f"H{seed}-{number}") for number in range(RECORDS)]
        self.merges: list[tuple[UUID, UUID, UUID]] = []
        self.waiting: list[tuple[UUID, Expected, datetime, UUID]] = []
        self.count = 0

    async def begin(self) -> None:
        for record in self.records:
            view = await self.room.runtime.write(put_customer, GivenKey(kind=KeyKind.ACCOUNT, value=record.account), PutCustomer(keys=[]))
            record.id = view.id
            record.keys.add(("account", record.account))

    async def step(self) -> list[Envelope]:
        """Do one random thing; return what is to be heard."""
        self.count += 1
        record = self.chance.choice(self.records)
        act = self.chance.choices(
            (self._by_id, self._by_key, self._unnamed, self._named, self._score, self._name, self._order, self._consent, self._merge, self._undo),
            (4, 4, 2, 2, 2, 3, 1, 1, 4, 2),
        )[0]
        return await act(record)

    def _moment(self) -> datetime:
        """Any moment of two days: half of what is heard is late."""
        return MONDAY + timedelta(minutes=self.chance.randrange(2880), microseconds=self.count)

    def _heard(self, record: Expected, event: Event, at: datetime) -> list[Envelope]:
        envelope = enveloped(self.room.clock.now(), event)
        record.entries.append((at, envelope.id))
        return [envelope]

    async def _by_id(self, record: Expected) -> list[Envelope]:
        at = self._moment()
        return self._heard(record, contact_queued(new_id(), record.id, queued_at=at), at)

    async def _by_key(self, record: Expected) -> list[Envelope]:
        at = self._moment()
        kind, value = self.chance.choice(sorted(record.keys))
        return self._heard(record, contact_ended(new_id(), keys=[key(kind, value)], ended_at=at), at)

    async def _unnamed(self, record: Expected) -> list[Envelope]:
        """A contact of which nobody knows yet whose it is; the entry stands at the moment it was told."""
        contact = new_id()
        envelope = enveloped(self.room.clock.now(), contact_offered(contact))
        self.waiting.append((contact, record, envelope.occurred_at, envelope.id))
        return [envelope]

    async def _named(self, record: Expected) -> list[Envelope]:
        """It turns out whose it was, perhaps after a merge of theirs."""
        if not self.waiting:
            return await self._by_id(record)
        contact, owner, at, waited = self.waiting.pop(self.chance.randrange(len(self.waiting)))
        owner.entries.append((at, waited))
        ended = self._moment()
        return self._heard(owner, contact_ended(contact, keys=[key("account", owner.account)], ended_at=ended), ended)

    async def _score(self, record: Expected) -> list[Envelope]:
        at, score = self._moment(), self.chance.choice((1, 5))
        record.moods.append((at, score))
        return self._heard(record, answered(record.id, score, at), at)

    async def _name(self, record: Expected) -> list[Envelope]:
        """A new name, a name that somebody else has, no name, or a new address."""
        name = self.chance.choice(("Ann", "Anna", "Ada", None))
        said: dict[str, Any] = {"display_name": name}
        if self.chance.random() < 0.3:
            said["keys"] = [{"kind": "platform", "value": f"{record.account}-{self.count}"}]
            record.keys.add(("platform", f"{record.account}-{self.count}"))
        command = PutCustomer.model_validate(said)
        await self.room.runtime.write(put_customer, GivenKey(kind=KeyKind.ACCOUNT, value=record.account), command)
        record.name = name
        return []

    async def _order(self, record: Expected) -> list[Envelope]:
        reference = f"{record.account}-o{self.count}"
        owner = GivenKey(kind=KeyKind.ACCOUNT, value=record.account)
        await self.room.runtime.write(place_order, PlaceOrder(order_reference=reference, customer_key=owner, product="lamp"))
        record.keys.add(("order", reference))
        record.own["order_placed"] += 1
        return []

    async def _consent(self, record: Expected) -> list[Envelope]:
        word = RecordConsent(granted=bool(self.count % 2), text_version="v1", source="desk")
        await self.room.runtime.write(record_consent, record.id, Purpose.MARKETING, Channel.EMAIL, word)
        record.own["consent"] += 1
        return []

    async def _merge(self, record: Expected) -> list[Envelope]:
        other = self.chance.choice([one for one in self.records if one is not record])
        if self._person(record.id) != self._person(other.id):
            command = MergeCustomers(survivor_id=record.id, merged_id=other.id, reason="same passport")
            done = await self.room.runtime.write(merge_customers, command)
            self.merges.append((done.id, done.survivor_id, done.merged_id))
        return []

    async def _undo(self, _: Expected) -> list[Envelope]:
        if self.merges:
            merge, *_ids = self.merges.pop(self.chance.randrange(len(self.merges)))
            await self.room.runtime.write(undo_merge, merge)
        return []

    def _person(self, id_: UUID) -> frozenset[UUID]:
        found = {id_}
        for _ in self.merges:
            for _merge, one, other in self.merges:
                if found & {one, other}:
                    found |= {one, other}
        return frozenset(found)

    async def undo_all(self) -> None:
        """Take back what is left, in any order."""
        while self.merges:
            await self._undo(self.records[0])

    def joined(self, seen: Mapping[UUID, Look]) -> bool:
        """Say whether everybody is now the person that the merges in force say, with all entries of all their records."""
        for record in self.records:
            people, found = self._person(record.id), seen[record.id]
            expected = sorted((entry for one in self.records if one.id in people for entry in one.entries), reverse=True)
            if set(found.view.member_ids) != people or found.line != expected:
                return False
        return True

    def restored(self, seen: Mapping[UUID, Look]) -> bool:
        """Say whether every record is exactly what was said to it."""
        return all(_restored(record, seen[record.id]) for record in self.records)


def _restored(record: Expected, found: Look) -> bool:
    newest = max(record.moods, default=None, key=lambda one: (one[0], -one[1]))
    mood = None if newest is None else ("unhappy" if newest[1] == 1 else "happy")
    keys = {(one.kind, one.value) for one in found.view.keys}
    seen = (found.view.member_ids, keys, found.view.display_name, found.line, found.mood, found.own)
    return seen == ([record.id], record.keys, record.name, sorted(record.entries, reverse=True), mood, record.own)


async def look(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Look]:
    """Return what each of these records looks like now."""
    members = await repository.people(tx, ids)
    people = {own[0]: own for own in members.values()}
    views = await repository.customer_views(tx, people)
    lines = await newest(tx, people, 200)
    moods = {row.customer_id: row.mood for row in await repository.standings(tx, ids)}
    words = Counter(row.customer_id for row in await repository.consent_words(tx, ids))
    found = {}
    for id_ in ids:
        entries = lines[members[id_][0]]
        own = Counter({"order_placed": sum(entry.kind == "order_placed" for entry in entries), "consent": words[id_]})
        told = [(entry.occurred_at, entry.id) for entry in entries if entry.source != "customers"]
        found[id_] = Look(views[members[id_][0]], told, moods.get(id_), own)
    return found


def enveloped(now: datetime, event: Event) -> Envelope:
    return Envelope(new_id(), event.subject, now, event.ordering_key(), "test", None, event.model_dump_json().encode())


async def play(seeds: range, folder: Path, database_url: str | None = None) -> list[int]:
    """Play the histories side by side in one database; return the seeds of those that did not end as they must."""
    async with opened_room(service, folder, database_url) as room:
        histories = [History(seed, room) for seed in seeds]
        await asyncio.gather(*(history.begin() for history in histories))  # side by side: one commit for many writes
        ids = [record.id for history in histories for record in history.records]
        wrong: set[int] = set()
        for number in range(STEPS):
            heard = [envelope for told in await asyncio.gather(*(history.step() for history in histories)) for envelope in told]
            room.clock.move_to(room.clock.now() + timedelta(minutes=1))
            await room.runtime.inbox.deliver(heard, None)
            if number == STEPS - 2:
                seen = await room.runtime.read(look, ids)
                wrong |= {history.seed for history in histories if not history.joined(seen)}
        await asyncio.gather(*(history.undo_all() for history in histories))
        await room.settle()
        seen = await room.runtime.read(look, ids)
        return sorted(wrong | {history.seed for history in histories if not history.restored(seen)})
