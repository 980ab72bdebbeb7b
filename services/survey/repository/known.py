"""Survey's copies: customers and their keys, merges, words about being asked, contacts, orders, open matters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.survey.models import ConsentWord, Decision, KnownContact, KnownCustomer, KnownKey, KnownMerge, KnownOrder, OpenMatter

ONLY_AN_ID = -1
"""The version of a customer of whom nothing but the id was heard."""


async def customer(tx: Tx, customer_id: UUID) -> KnownCustomer | None:
    """Return the copy of a customer, or None when nobody told of them yet."""
    told = (col(KnownCustomer.customer_id) == customer_id, col(KnownCustomer.version) > ONLY_AN_ID)
    return await tx.first(select(KnownCustomer).where(*told), KnownCustomer)


async def customer_of_key(tx: Tx, kind: str, value: str) -> UUID | None:
    """Return whom an identity key names, or None."""
    found = await tx.first(select(KnownKey).where(col(KnownKey.kind) == kind, col(KnownKey.value) == value), KnownKey)
    return found.customer_id if found else None


async def forget_keys(uow: UnitOfWork, customer_id: UUID) -> int:
    """Drop every key of a customer; return how many."""
    return await uow.execute(delete(KnownKey).where(col(KnownKey.customer_id) == customer_id))


async def forget_facts(uow: UnitOfWork, customer_id: UUID) -> int:
    """Blank what was known of the customer's contacts and decisions, and forget their orders; return how many rows."""
    blank: dict[str, Any] = {"attribution": {}, "facts": {}}
    statements = [
        update(KnownContact).where(col(KnownContact.customer_id) == customer_id).values(**blank),
        update(Decision).where(col(Decision.customer_id) == customer_id).values(order_reference=None, facts={}),
        delete(KnownOrder).where(col(KnownOrder.customer_id) == customer_id),
    ]
    return sum([await uow.execute(statement) for statement in statements])


async def person_of(tx: Tx, customer_id: UUID) -> list[UUID]:
    """Return all customer ids that are this person, ordered; merges in force are followed in both directions."""
    known, fresh = {customer_id}, {customer_id}
    while fresh:
        joined = or_(col(KnownMerge.survivor_id).in_(fresh), col(KnownMerge.merged_id).in_(fresh))
        merges = await tx.all(select(KnownMerge).where(joined, col(KnownMerge.undone).is_(False)), KnownMerge)
        fresh = {member for merge in merges for member in (merge.survivor_id, merge.merged_id)} - known
        known |= fresh
    return sorted(known)


async def hear_merge(uow: UnitOfWork, merge_id: UUID, survivor_id: UUID, merged_id: UUID, *, undone: bool) -> None:
    """Note a merge or that it was undone; an undo that arrives first stays."""
    row = {"merge_id": merge_id, "survivor_id": survivor_id, "merged_id": merged_id, "undone": undone}
    if not await uow.insert_ignore(KnownMerge, row) and undone:
        await uow.execute(update(KnownMerge).where(col(KnownMerge.merge_id) == merge_id).values(undone=True))


async def words_of(tx: Tx, customer_ids: Sequence[UUID]) -> list[ConsentWord]:
    """Return what these customers last said about being asked."""
    return await tx.all(select(ConsentWord).where(col(ConsentWord.customer_id).in_(customer_ids)), ConsentWord)


async def hear_word(uow: UnitOfWork, customer_id: UUID, purpose: str, channel: str, *, granted: bool, said_at: datetime) -> None:
    """Keep the latest word about a purpose and channel; an older one that arrives late is dropped."""
    row = {"customer_id": customer_id, "purpose": purpose, "channel": channel, "granted": granted, "said_at": said_at}
    if await uow.insert_ignore(ConsentWord, row):
        return
    same = (col(ConsentWord.customer_id) == customer_id, col(ConsentWord.purpose) == purpose, col(ConsentWord.channel) == channel)
    await uow.execute(update(ConsentWord).where(*same, col(ConsentWord.said_at) <= said_at).values(granted=granted, said_at=said_at))


async def contact(tx: Tx, contact_id: UUID) -> KnownContact | None:
    """Return an ended contact, or None."""
    return await tx.first(select(KnownContact).where(col(KnownContact.contact_id) == contact_id), KnownContact)


async def name_customer_of_contact(uow: UnitOfWork, contact_id: UUID, customer_id: UUID) -> None:
    """Note whose contact it was, also before the contact itself is heard of."""
    row = {"contact_id": contact_id, "customer_id": customer_id, "channel": None, "attribution": None, "ended_at": None}
    if not await uow.insert_ignore(KnownContact, row):
        nameless = (col(KnownContact.contact_id) == contact_id, col(KnownContact.customer_id).is_(None))
        await uow.execute(update(KnownContact).where(*nameless).values(customer_id=customer_id))


async def hear_matter(
    uow: UnitOfWork, matter_id: UUID, kind: str, customer_id: UUID | None, closed_at: datetime | None = None, opened_at: datetime | None = None
) -> None:
    """Note that a case, follow-up or contact opened, or closed; a late `opened` does not reopen it."""
    row = {"matter_id": matter_id, "kind": kind, "customer_id": customer_id, "opened_at": opened_at, "closed_at": closed_at}
    if not await uow.insert_ignore(OpenMatter, row) and closed_at:
        await uow.execute(update(OpenMatter).where(col(OpenMatter.matter_id) == matter_id).values(closed_at=closed_at))
