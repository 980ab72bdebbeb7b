"""Find that two customers are one person, and take it back exactly."""

from uuid import UUID

from services.customers import repository
from services.customers.contract import CustomersMerged, CustomersUnmerged
from services.customers.domain.membership import part_below
from services.customers.models import Merge
from services.customers.use_cases.name_actor import actor
from services.customers.use_cases.read_key import CustomerWasErased
from services.customers.use_cases.tell_customer import tell_customer
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Command, Line
from services.kit.ids import new_id


class AlreadyOnePerson(Conflict):
    """Both ids stand for the same person already."""

    code = "already_one_person"


class MergeUndone(Conflict):
    """A merge is undone once. To join the two again, merge them again."""

    code = "merge_undone"


class MergeOvertaken(Conflict):
    """Another merge of one of the two happened at the same moment. Read both customers again and repeat."""

    code = "merge_overtaken"


class MergeCustomers(Command):
    """Order to treat two customers as one person; any of their ids will do."""

    survivor_id: UUID
    merged_id: UUID
    reason: Line


async def merge_customers(uow: UnitOfWork, command: MergeCustomers) -> Merge:
    """Join two persons. No row changes its customer: only membership does, so that undoing is exact, also for what happens in between."""
    survivor, merged = (await _root(uow, command.survivor_id), await _root(uow, command.merged_id))
    await repository.lock_customers(uow, (survivor, merged))
    if (await _root(uow, survivor), await _root(uow, merged)) != (survivor, merged):
        raise MergeOvertaken("Another merge of one of these customers happened just now. Read both again and repeat.")
    if survivor == merged:
        message = f"{command.survivor_id} and {command.merged_id} are one person already: {survivor}."
        raise AlreadyOnePerson(message)
    records = await repository.customers(uow, (survivor, merged))
    if any(record.erased_at for record in records.values()):
        raise CustomerWasErased("An erased customer cannot be merged.")
    moved = await repository.person(uow, merged)
    kept = await repository.person(uow, survivor)
    row = {
        "id": new_id(),
        "survivor_id": survivor,
        "merged_id": merged,
        "reason": command.reason,
        "merged_by": actor(uow),
        "merged_at": uow.now,
        "undone_by": None,
        "undone_at": None,
    }
    await uow.insert(Merge, row)
    await repository.reshape(uow, moved, survivor, [*kept, *moved])
    uow.emit(CustomersMerged(merge_id=row["id"], survivor_id=survivor, merged_id=merged))
    await tell_customer(uow, [survivor])
    return Merge.model_validate(row)


async def undo_merge(uow: UnitOfWork, merge_id: UUID) -> Merge:
    """Take one merge back, in whatever order merges were made: what was merged below it leaves with it, everything else stays."""
    merge = await repository.merge(uow, merge_id)
    root = await _root(uow, merge.survivor_id)
    await repository.lock_customers(uow, [root])
    merge = await repository.merge(uow, merge_id)
    if merge.undone_at is not None:
        message = f"Merge {merge_id} was undone on {merge.undone_at:%d %b %Y}."
        raise MergeUndone(message)
    members = await repository.person(uow, merge.survivor_id)
    edges = await repository.active_edges(uow, members)
    del edges[merge.merged_id]
    leaving = part_below(edges, merge.merged_id)
    await repository.undo_merge(uow, merge_id, actor(uow))
    await repository.reshape(uow, leaving, merge.merged_id, members)
    uow.emit(CustomersUnmerged(merge_id=merge_id, survivor_id=merge.survivor_id, merged_id=merge.merged_id))
    await tell_customer(uow, [members[0], merge.merged_id])
    return await repository.merge(uow, merge_id)


async def _root(uow: UnitOfWork, customer_id: UUID) -> UUID:
    return (await repository.person(uow, customer_id))[0]
