"""Create or change a customer by one of their keys."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.customers import repository
from services.customers.contract import CustomerView
from services.customers.domain.keys import Key, KeyKind
from services.customers.domain.profile import FIELDS, saying
from services.customers.models import Customer, Values
from services.customers.use_cases.read_key import CustomerWasErased, KeyTaken, read_key
from services.customers.use_cases.tell_customer import tell_customer
from services.kit.db import UniqueViolation, UnitOfWork
from services.kit.fields import Code, Command, Language, Name, Reference, TimeZone

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Email = Annotated[str, StringConstraints(min_length=3, max_length=200)]
Phone = Annotated[str, StringConstraints(min_length=3, max_length=40)]


class GivenKey(Command):
    """A key as a client writes it."""

    kind: KeyKind
    value: Reference


class PutCustomer(Command):
    """What is known now. A field that is left out stays as it was, null forgets it; `country` also reads phone numbers written without +."""

    display_name: Name | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    country: Country | None = None
    email: Email | None = None
    phone: Phone | None = None
    preferred_channel: Code | None = None
    tier: Code | None = None
    segment: Annotated[dict[Code, Name], Field(max_length=50)] | None = None
    keys: Annotated[list[GivenKey], Field(default_factory=list, max_length=20)]


async def put_customer(uow: UnitOfWork, given: GivenKey, command: PutCustomer) -> CustomerView:
    """Find the person of any of the keys, or make one; a key of somebody else is refused, never silently merged."""
    country = command.country
    first = read_key(given.kind, given.value, country=country, pointer="/value")
    fields, keys = _said(command, first)
    owners = await repository.key_owners(uow, keys)
    if not owners:
        try:
            async with uow.savepoint():
                return await repository.customer_view(uow, await new_customer(uow, fields, keys))
        except UniqueViolation:  # somebody else made this customer at the same moment
            owners = await repository.key_owners(uow, keys)
            if not owners:
                raise
    customer_id = await _only_person(uow, owners)
    await repository.lock_person(uow, customer_id)
    await _change(uow, customer_id, fields, [key for key in keys if key not in owners])
    return await repository.customer_view(uow, customer_id)


async def new_customer(uow: UnitOfWork, fields: Values, keys: list[Key]) -> UUID:
    """Make a customer with these keys; raises CustomerWasErased when one of them was forgotten on request."""
    if await repository.erased(uow, keys):
        raise CustomerWasErased("One of these keys belongs to a person who was erased. It cannot be used again.")
    said = {name: value for name, value in fields.items() if value is not None}
    customer_id = await repository.add_customer(uow, said, dict.fromkeys(said, saying(uow.now)))
    await repository.add_keys(uow, customer_id, keys)
    await tell_customer(uow, [customer_id])
    return customer_id


async def _change(uow: UnitOfWork, customer_id: UUID, fields: Values, new_keys: list[Key]) -> None:
    """Write what differs from what the person is known by already, and tell it once; nothing at all when nothing is new."""
    if await repository.erased(uow, new_keys):
        raise CustomerWasErased("One of these keys belongs to a person who was erased. It cannot be used again.")
    members = await repository.person(uow, customer_id)
    records = await repository.customers(uow, members)
    picture = repository.picture_of([records[member] for member in members])
    changed = _news(fields, picture, records[customer_id])
    if not changed and not new_keys:
        return
    if changed:
        await _say(uow, customer_id, changed, {member: records[member].said_at for member in members})
    await repository.add_keys(uow, customer_id, new_keys)
    await repository.touch(uow, customer_id)
    await tell_customer(uow, [members[0]])


def _news(fields: Values, picture: Values, own: Customer) -> Values:
    """Return what is new, about the person or in the record that was spoken of: a merge may be undone, and then each record speaks for itself."""
    return {name: value for name, value in fields.items() if picture[name] != value or getattr(own, name) != value}


async def _say(uow: UnitOfWork, customer_id: UUID, changed: Values, sayings: Mapping[UUID, Mapping[str, str]]) -> None:
    """Write a saying into the record that was spoken of and no other, newer than every saying before; null is a saying, too."""
    moments = {name: saying(uow.now, *(own[name] for own in sayings.values() if name in own)) for name in changed}
    await repository.change_customer(uow, customer_id, {**changed, "said_at": {**sayings[customer_id], **moments}})


def _said(command: PutCustomer, first: Key) -> tuple[Values, list[Key]]:
    """Return the fields that were said, normalised, and all keys, each once, the one of the address first; e-mail and phone are keys too."""
    country = command.country
    fields = {name: getattr(command, name) for name in FIELDS if name in command.model_fields_set}
    keys = [first]
    for kind in (KeyKind.EMAIL, KeyKind.PHONE):
        if fields.get(kind.value) is not None:
            key = read_key(kind, fields[kind.value], country=country, pointer=f"/{kind.value}")
            fields[kind.value] = key.value
            keys.append(key)
    keys += [read_key(key.kind, key.value, country=country, pointer=f"/keys/{place}/value") for place, key in enumerate(command.keys)]
    return fields, list(dict.fromkeys(keys))


async def _only_person(uow: UnitOfWork, owners: dict[Key, UUID]) -> UUID:
    """Return the record of the first known key; raises KeyTaken when the keys belong to more than one person."""
    members = await repository.people(uow, set(owners.values()))
    first = next(iter(owners.values()))
    for key, owner in owners.items():
        if members[owner][0] != members[first][0]:
            message = (
                f"These keys belong to two customers, {members[first][0]} and {members[owner][0]} (the {key.kind} key is the second's). "
                "If they are one person, merge them with POST /customers/v1/merges."
            )
            raise KeyTaken(message, pointer="/keys")
    return first


async def add_key(uow: UnitOfWork, customer_id: UUID, given: GivenKey) -> CustomerView:
    """Give one more key to a customer; raises KeyTaken when somebody else has it."""
    members = await repository.person(uow, customer_id)
    key = read_key(given.kind, given.value, pointer="/value")
    owner = (await repository.key_owners(uow, [key])).get(key)
    if owner is not None and owner not in members:
        message = f"This {key.kind} key belongs to customer {owner}. If they are one person, merge them with POST /customers/v1/merges."
        raise KeyTaken(message, pointer="/value")
    if owner is None:
        if await repository.lock_person(uow, customer_id) is not None:
            message = f"Customer {customer_id} was erased."
            raise CustomerWasErased(message)
        await _change(uow, customer_id, {}, [key])
    return await repository.customer_view(uow, customer_id)
