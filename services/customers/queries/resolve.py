"""Say whom keys and ids stand for now."""

from collections.abc import Sequence
from uuid import UUID

from services.customers import repository
from services.customers.contract import CustomerView, IdentityKey, ResolvedCustomer, ResolvedCustomers
from services.customers.domain.keys import Key, KeyKind, normalise
from services.kit.db import Tx
from services.kit.errors import NotFound


async def resolve_keys(tx: Tx, given: Sequence[IdentityKey]) -> ResolvedCustomers:
    """Return who has each key; a key that cannot be read, or that nobody has, stands for nobody."""
    keys = [_read(key) for key in given]
    owners = await repository.key_owners(tx, [key for key in keys if key is not None])
    members = await repository.people(tx, set(owners.values()))
    found = [members.get(owners[key], []) if key is not None and key in owners else [] for key in keys]
    return ResolvedCustomers(resolved=[_resolved(key, None, own) for key, own in zip(given, found, strict=True)])


async def resolve_ids(tx: Tx, ids: Sequence[UUID]) -> ResolvedCustomers:
    """Return which person each id belongs to."""
    members = await repository.people(tx, ids)
    return ResolvedCustomers(resolved=[_resolved(None, asked, members.get(asked, [])) for asked in ids])


async def customer_by_key(tx: Tx, key: Key) -> CustomerView:
    """Return the person who has this key; raises NotFound."""
    owner = (await repository.key_owners(tx, [key])).get(key)
    if owner is None:
        raise NotFound(f"Nobody has this {key.kind} key.", pointer="/value")
    return await repository.customer_view(tx, owner)


def _read(given: IdentityKey) -> Key | None:
    try:
        return normalise(KeyKind(given.kind), given.value)
    except ValueError:
        return None


def _resolved(key: IdentityKey | None, asked: UUID | None, members: list[UUID]) -> ResolvedCustomer:
    return ResolvedCustomer(key=key, id=asked, customer_id=members[0] if members else None, member_ids=members)
