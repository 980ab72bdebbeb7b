"""Forget a customer: everything that names them goes, what is counted stays."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CustomerErased
from services.customers.domain.keys import Key, KeyKind
from services.kit.db import UnitOfWork


async def erase_customer(uow: UnitOfWork, customer_id: UUID) -> None:
    """Blank every record of the person here and tell the others to do the same; again changes nothing. Their keys are refused from now on."""
    await repository.person(uow, customer_id)
    if await repository.lock_person(uow, customer_id) is not None:
        return
    members = await repository.person(uow, customer_id)
    keys = await repository.keys_of(uow, members)
    await repository.remember_erased(uow, [Key(KeyKind(key.kind), key.value) for own in keys.values() for key in own])
    await repository.erase(uow, members)
    for member in members:
        uow.emit(CustomerErased(customer_id=member))
