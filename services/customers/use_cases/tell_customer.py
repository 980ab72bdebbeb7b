"""Tell the others what they may know about a customer."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CustomerChanged
from services.kit.db import UnitOfWork


async def tell_customer(uow: UnitOfWork, person_ids: list[UUID]) -> None:
    """Emit the picture of each of these persons once per record, since others know a person by any of them; keys stay with their own record."""
    members = await repository.people(uow, person_ids)
    ids = {record for person_id in person_ids for record in members[person_id]}
    sealed_by = await repository.sealers(uow, ids)
    records, keys = await repository.customers(uow, ids, sealed_by), await repository.keys_of(uow, ids, sealed_by)
    for person_id in person_ids:
        own = [records[record] for record in members[person_id]]
        picture = repository.picture_of(own)
        for record in own:
            told = {**picture, "segment": picture["segment"] or {}, "keys": keys[record.id]}
            uow.emit(CustomerChanged.model_validate({"customer_id": record.id, "version": record.version, **told}))
