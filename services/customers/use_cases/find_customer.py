"""Find whom a key or an id means; a key that nobody has makes a customer."""

from uuid import UUID

from services.customers import repository
from services.customers.domain.keys import Key
from services.customers.use_cases.put_customer import GivenKey, new_customer
from services.customers.use_cases.read_key import CustomerWasErased, read_key
from services.kit.db import UnitOfWork
from services.kit.errors import Refused


class CustomerUnnamed(Refused):
    """Say whose it is: either `customer_id` or `customer_key`, not both and not neither."""

    code = "customer_unnamed"


async def find_customer(uow: UnitOfWork, customer_id: UUID | None, given: GivenKey | None) -> UUID:
    """Return the record; raises NotFound for an unknown id, CustomerWasErased for somebody who was forgotten."""
    if (customer_id is None) == (given is None):
        raise CustomerUnnamed("Send either customer_id or customer_key.")
    if given is not None:
        return await find_or_make(uow, [read_key(given.kind, given.value, pointer="/customer_key/value")])
    if customer_id is None:
        raise CustomerUnnamed("Send either customer_id or customer_key.")
    await repository.person(uow, customer_id)
    if await repository.lock_person(uow, customer_id) is not None:
        message = f"Customer {customer_id} was erased."
        raise CustomerWasErased(message)
    return customer_id


async def find_or_make(uow: UnitOfWork, keys: list[Key]) -> UUID:
    """Return the owner of the strongest known key (keys come strongest first), or a new customer with all of them.

    A known customer is given none of the other keys: what an event claims is not proof enough to tie an address to a person.
    """
    owners = await repository.key_owners(uow, keys)
    known = next((owners[key] for key in keys if key in owners), None)
    return known or await new_customer(uow, {}, keys)
