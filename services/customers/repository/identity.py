"""What makes and unmakes a person: records, keys, merges, erasure."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import col

from services.customers.domain.keys import Key, fingerprint
from services.customers.domain.likeness import HintKind, hint_of_name, hints_of_keys, short_names
from services.customers.domain.profile import FIELDS
from services.customers.models import (
    Customer,
    CustomerKey,
    CustomerMember,
    ErasedKey,
    Merge,
    TimelineEntry,
    Values,
)
from services.customers.repository.hints import add_hints, drop_hints
from services.customers.repository.sealing import seal_values, sealers_for
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.ids import new_id

_PURPOSE = "erased identity keys"
_INDEX = "identity keys"
SEALED_FIELDS = frozenset({"display_name", "email", "phone"})


async def add_customer(uow: UnitOfWork, values: Values, said_at: Mapping[str, str]) -> UUID:
    """Make a record that is a person by itself."""
    customer_id = new_id()
    sealer = (await sealers_for(uow, [customer_id]))[customer_id]
    fields = seal_values(sealer, {name: values.get(name) for name in FIELDS}, "customer", SEALED_FIELDS)
    await uow.insert(
        Customer,
        {"id": customer_id, **fields, "said_at": dict(said_at), "version": 1, "timeline_floor": 0, "created_at": uow.now, "erased_at": None},
    )
    await uow.insert(CustomerMember, {"customer_id": customer_id, "person_id": customer_id})
    await _hint_at(uow, customer_id, values.get("display_name"))
    return customer_id


async def change_customer(uow: UnitOfWork, customer_id: UUID, values: Values) -> None:
    """Overwrite columns of one record."""
    if "display_name" in values:
        for kind in (HintKind.NAME, HintKind.SHORT_NAME):
            await drop_hints(uow, [customer_id], kind)
        await _hint_at(uow, customer_id, values["display_name"])
    if SEALED_FIELDS & {name for name, value in values.items() if value}:
        values = seal_values((await sealers_for(uow, [customer_id]))[customer_id], values, "customer", SEALED_FIELDS)
    await uow.execute(update(Customer).where(col(Customer.id) == customer_id).values(**values))


async def _hint_at(uow: UnitOfWork, customer_id: UUID, name: str | None) -> None:
    hint = hint_of_name(name) if name else None
    if name and hint is not None:
        await add_hints(uow, customer_id, [(HintKind.NAME, hint), *((HintKind.SHORT_NAME, short) for short in short_names(name))])


async def touch(uow: UnitOfWork, customer_id: UUID) -> None:
    """Lift the version of every record of the person: something about it changed."""
    of_person = select(col(CustomerMember.person_id)).where(col(CustomerMember.customer_id) == customer_id).scalar_subquery()
    members = select(col(CustomerMember.customer_id)).where(col(CustomerMember.person_id) == of_person)
    await uow.execute(update(Customer).where(col(Customer.id).in_(members)).values(version=col(Customer.version) + 1))


async def reshape(uow: UnitOfWork, moved: Collection[UUID], person_id: UUID, touched: Collection[UUID]) -> None:
    """Make `moved` records part of `person_id`, and lift all `touched` records above every version that any of them had."""
    await uow.execute(update(CustomerMember).where(col(CustomerMember.customer_id).in_(moved)).values(person_id=person_id))
    version = await uow.scalar(select(func.max(col(Customer.version))).where(col(Customer.id).in_(touched)))
    last = await uow.scalar(select(func.max(col(TimelineEntry.seq)))) or 0
    await uow.execute(update(Customer).where(col(Customer.id).in_(touched)).values(version=version + 1, timeline_floor=2 * last + 1))


async def key_owners(tx: Tx, keys: Collection[Key]) -> dict[Key, UUID]:
    """Return the record that each known key belongs to."""
    if not keys:
        return {}
    index = tx.secret(_INDEX)
    meant = {(key.kind.value, spelling): key for key in keys for spelling in (fingerprint(index, key), key.value)}
    same = or_(*(and_(col(CustomerKey.kind) == kind, col(CustomerKey.value) == spelling) for kind, spelling in meant))
    rows = await tx.rows(select(col(CustomerKey.kind), col(CustomerKey.value), col(CustomerKey.customer_id)).where(same))
    owners = {meant[row["kind"], row["value"]]: row["customer_id"] for row in rows}
    return {key: owners[key] for key in keys if key in owners}


async def add_keys(uow: UnitOfWork, customer_id: UUID, keys: Collection[Key]) -> None:
    """Give keys to a record."""
    sealer = (await sealers_for(uow, [customer_id]))[customer_id]
    index = uow.secret(_INDEX)
    rows = [
        {
            "id": new_id(),
            "kind": key.kind.value,
            "value": fingerprint(index, key),
            "sealed": sealer.seal(key.value, "customer_key.value"),
            "customer_id": customer_id,
            "added_at": uow.now,
        }
        for key in keys
    ]
    await uow.insert(CustomerKey, *rows)
    await add_hints(uow, customer_id, hints_of_keys(keys))


async def merge(tx: Tx, merge_id: UUID) -> Merge:
    """Return a merge; raises NotFound."""
    found = await tx.first(select(Merge).where(col(Merge.id) == merge_id), Merge)
    if found is None:
        message = f"There is no merge {merge_id}."
        raise NotFound(message)
    return found


async def undo_merge(uow: UnitOfWork, merge_id: UUID, by: str) -> None:
    """Mark a merge as undone."""
    await uow.execute(update(Merge).where(col(Merge.id) == merge_id).values(undone_at=uow.now, undone_by=by))


async def active_edges(tx: Tx, members: Collection[UUID]) -> dict[UUID, UUID]:
    """Return merged -> survivor of the merges that hold these records together."""
    active = and_(col(Merge.merged_id).in_(members), col(Merge.undone_at).is_(None))
    return {row["merged_id"]: row["survivor_id"] for row in await tx.rows(select(col(Merge.merged_id), col(Merge.survivor_id)).where(active))}


async def erased(tx: Tx, keys: Collection[Key]) -> set[Key]:
    """Return those of the keys that belonged to somebody who was erased."""
    if not keys:
        return set()
    prints = {fingerprint(tx.secret(_PURPOSE), key): key for key in keys}
    known = await tx.rows(select(col(ErasedKey.fingerprint)).where(col(ErasedKey.fingerprint).in_(prints)))
    return {prints[row["fingerprint"]] for row in known}


async def remember_erased(uow: UnitOfWork, keys: Iterable[Key]) -> None:
    """Keep the fingerprints of keys that must not come back."""
    for key in keys:
        await uow.insert_ignore(ErasedKey, {"fingerprint": fingerprint(uow.secret(_PURPOSE), key), "erased_at": uow.now})
