"""Two who look alike are not one person: whoever looked says so once, and nobody is asked again."""

from uuid import UUID

from services.customers import repository
from services.customers.models import RefusedPair
from services.customers.use_cases.merge_customers import AlreadyOnePerson
from services.customers.use_cases.name_actor import actor
from services.kit.db import UnitOfWork


async def refuse_candidate(uow: UnitOfWork, customer_id: UUID, other_id: UUID) -> RefusedPair:
    """Keep that two customers are different persons; again changes nothing. Raises NotFound and AlreadyOnePerson."""
    members = await repository.person(uow, customer_id)
    others = await repository.person(uow, other_id)
    if members[0] == others[0]:
        raise AlreadyOnePerson(f"{customer_id} and {other_id} are one person. If they are not, undo the merge.", pointer="/other_id")
    known = await repository.refused_pair(uow, members, others)
    if known is not None:
        return known
    first, second = repository.pair_of(members[0], others[0])
    row = {"customer_id": first, "other_id": second, "refused_by": actor(uow), "refused_at": uow.now}
    await uow.insert(RefusedPair, row)
    return RefusedPair.model_validate(row)


async def allow_candidate(uow: UnitOfWork, customer_id: UUID, other_id: UUID) -> None:
    """Take a refusal back: the two are suggested again. Raises NotFound for an unknown customer; without a refusal nothing happens."""
    members, others = await repository.person(uow, customer_id), await repository.person(uow, other_id)
    await repository.drop_refusals(uow, members, others)
