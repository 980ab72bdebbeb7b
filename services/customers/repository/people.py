"""Who somebody is: reads of persons, records and keys, and the locks that keep one person's changes in order."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Executable, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.customers.contract import CustomerView, IdentityKey
from services.customers.domain.membership import survivors_first
from services.customers.domain.profile import FIELDS, Statement, compose
from services.customers.models import Customer, CustomerKey, CustomerMember, Values
from services.customers.repository.ciphers import Sealer
from services.customers.repository.identity import SEALED_FIELDS
from services.customers.repository.sealing import open_values, opened, sealers
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_ASKED = aliased(CustomerMember)
# made once: SQLAlchemy takes longer to build such a statement than SQLite to answer it
_PEOPLE: Executable = (
    select(col(_ASKED.customer_id).label("asked"), col(_ASKED.person_id), col(CustomerMember.customer_id))
    .join_from(_ASKED, CustomerMember, col(CustomerMember.person_id) == col(_ASKED.person_id))
    .where(col(_ASKED.customer_id).in_(_IDS))
)
_RECORDS = select(Customer.__table__).where(col(Customer.id).in_(_IDS))  # type: ignore[attr-defined]  # see newest.py
_KEYS = select(col(CustomerKey.customer_id), col(CustomerKey.kind), col(CustomerKey.value), col(CustomerKey.sealed)).where(
    col(CustomerKey.customer_id).in_(_IDS)
)
_LOCK = (
    select(col(Customer.erased_at))
    .join(CustomerMember, col(CustomerMember.person_id) == col(Customer.id))
    .where(col(CustomerMember.customer_id) == bindparam("id"))
    .with_for_update(of=Customer)
)


async def people(tx: Tx, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Return for each known id all records of its person, the survivor first; unknown ids are left out."""
    if not ids:
        return {}
    rows = (await tx.run(_PEOPLE, {"ids": list(ids)})).mappings()
    found: dict[UUID, tuple[UUID, list[UUID]]] = {}
    for row in rows:
        found.setdefault(row["asked"], (row["person_id"], []))[1].append(row["customer_id"])
    return {asked_id: survivors_first(person, members) for asked_id, (person, members) in found.items()}


async def person(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Return all records of the person, the survivor first; raises NotFound."""
    found = await people(tx, [customer_id])
    if customer_id not in found:
        message = f"There is no customer {customer_id}."
        raise NotFound(message, pointer="/customer_id")
    return found[customer_id]


async def lock_person(uow: UnitOfWork, customer_id: UUID) -> datetime | None:
    """Make writers about this person wait for each other; return when the person was erased. An id that nobody has locks nothing.

    What is written about one person then becomes visible in the order of `timeline_entry.seq`.
    """
    row = (await uow.run(_LOCK, {"id": customer_id})).first()
    return row[0] if row else None


async def lock_people(uow: UnitOfWork, ids: Collection[UUID]) -> set[UUID]:
    """Do what `lock_person` does for many, always in the order of the persons' ids; return those of the ids whose person was erased."""
    rows = await uow.rows(
        select(col(CustomerMember.customer_id), col(Customer.erased_at))
        .join(CustomerMember, col(CustomerMember.person_id) == col(Customer.id))
        .where(col(CustomerMember.customer_id).in_(ids))
        .order_by(col(Customer.id))
        .with_for_update(of=Customer)
    )
    return {row["customer_id"] for row in rows if row["erased_at"] is not None}


async def lock_customers(uow: UnitOfWork, ids: Iterable[UUID]) -> None:
    """Lock several records, always in the order of their ids."""
    await uow.rows(select(col(Customer.id)).where(col(Customer.id).in_(sorted(ids))).order_by(col(Customer.id)).with_for_update())


async def customers(tx: Tx, ids: Collection[UUID], keys: Mapping[UUID, Sealer] | None = None) -> dict[UUID, Customer]:
    """Return the records by id; `keys` are their sealers when they are at hand already."""
    keys = await sealers(tx, ids) if keys is None else keys
    rows = (await tx.run(_RECORDS, {"ids": list(ids)})).mappings()
    return {row["id"]: Customer.model_validate(open_values(keys.get(row["id"]), dict(row), "customer", SEALED_FIELDS)) for row in rows}


async def customer_views(tx: Tx, members: Mapping[UUID, list[UUID]]) -> dict[UUID, CustomerView]:
    """Return the composed picture of each person, by the id that was asked for."""
    ids = {record for records in members.values() for record in records}
    if not ids:
        return {}
    sealed_by = await sealers(tx, ids)
    records, keys = await customers(tx, ids, sealed_by), await keys_of(tx, ids, sealed_by)
    return {asked: _view([records[record] for record in own], [key for record in own for key in keys[record]]) for asked, own in members.items()}


async def customer_view(tx: Tx, customer_id: UUID) -> CustomerView:
    """Return the composed picture of one person; raises NotFound."""
    return (await customer_views(tx, {customer_id: await person(tx, customer_id)}))[customer_id]


def _view(records: list[Customer], keys: list[IdentityKey]) -> CustomerView:
    picture = picture_of(records)
    survivor = records[0]
    return CustomerView.model_validate(
        {
            **picture,
            "segment": picture["segment"] or {},
            "id": survivor.id,
            "member_ids": [record.id for record in records],
            "version": survivor.version,
            "keys": keys,
            "created_at": min(record.created_at for record in records),
            "erased_at": survivor.erased_at,
        }
    )


def picture_of(records: Iterable[Customer]) -> Values:
    """Return the fields of the person that these records are, the survivor first."""
    return compose([Statement({name: getattr(record, name) for name in FIELDS}, record.said_at) for record in records])


async def keys_of(tx: Tx, ids: Collection[UUID], keys: Mapping[UUID, Sealer] | None = None) -> dict[UUID, list[IdentityKey]]:
    """Return the identity keys of each record, in a fixed order; `keys` as for `customers`."""
    found: dict[UUID, list[IdentityKey]] = {customer_id: [] for customer_id in ids}
    keys = await sealers(tx, ids) if keys is None else keys
    for row in (await tx.run(_KEYS, {"ids": list(ids)})).mappings():
        shown = opened(keys.get(row["customer_id"]), row["sealed"], "customer_key.value") if row["sealed"] else row["value"]
        found[row["customer_id"]].append(IdentityKey(kind=row["kind"], value=shown or ""))
    return {customer_id: sorted(own, key=lambda key: (key.kind, key.value)) for customer_id, own in found.items()}


async def timeline_floors(tx: Tx, ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the least version of each record's timeline since it was last merged or unmerged."""
    rows = await tx.rows(select(col(Customer.id), col(Customer.timeline_floor)).where(col(Customer.id).in_(ids)))
    return {row["id"]: row["timeline_floor"] for row in rows}
