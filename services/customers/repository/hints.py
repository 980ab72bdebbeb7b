"""What records may share, kept as blind indexes: found when equal, readable by nobody."""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlmodel import col

from services.customers.domain.likeness import HintKind
from services.customers.models import CustomerMember, IdentityHint
from services.kit.db import Tx, UnitOfWork

_PURPOSE = "identity hints"
MOST = 200
"""Records looked at for one hint: a name that more share says nothing."""


async def add_hints(uow: UnitOfWork, customer_id: UUID, hints: Iterable[tuple[HintKind, str]]) -> None:
    """Remember what a record has; what it has already changes nothing."""
    secret = uow.secret(_PURPOSE)
    for kind, text in sorted(hints):
        await uow.insert_ignore(IdentityHint, {"customer_id": customer_id, "kind": kind.value, "hint": _blind(secret, kind, text)})


def _blind(secret: bytes, kind: HintKind, text: str) -> str:
    return hmac.new(secret, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


async def holders_of(tx: Tx, kind: HintKind, text: str) -> dict[UUID, UUID]:
    """Return the records that have this hint, and the person each belongs to; more than MOST say nothing, and are none."""
    same = (col(IdentityHint.kind) == kind.value, col(IdentityHint.hint) == _blind(tx.secret(_PURPOSE), kind, text))
    chosen = select(col(IdentityHint.customer_id), col(CustomerMember.person_id)).where(*same)
    joined = chosen.join(CustomerMember, col(CustomerMember.customer_id) == col(IdentityHint.customer_id))
    rows = await tx.rows(joined.limit(MOST + 1))
    return {} if len(rows) > MOST else {row["customer_id"]: row["person_id"] for row in rows}


async def members_of(tx: Tx, persons: Collection[UUID]) -> dict[UUID, UUID]:
    """Return all records of these persons, and the person each belongs to."""
    of_them = select(col(CustomerMember.customer_id), col(CustomerMember.person_id)).where(col(CustomerMember.person_id).in_(persons))
    return {row["customer_id"]: row["person_id"] for row in await tx.rows(of_them)}


async def some_records(tx: Tx, most: int) -> list[UUID]:
    """Return records with a name, drawn by the order of their blind indexes: it has nothing to do with who they are."""
    named = select(col(IdentityHint.customer_id)).where(col(IdentityHint.kind) == HintKind.NAME.value)
    return [row["customer_id"] for row in await tx.rows(named.order_by(col(IdentityHint.hint), col(IdentityHint.customer_id)).limit(most))]


async def drop_hints(uow: UnitOfWork, customer_ids: Collection[UUID], kind: HintKind | None = None) -> int:
    """Forget what these records have (of one kind)."""
    where: list[ColumnElement[bool]] = [col(IdentityHint.customer_id).in_(customer_ids)]
    if kind is not None:
        where.append(col(IdentityHint.kind) == kind.value)
    return await uow.execute(delete(IdentityHint).where(*where))


async def shared_hints(tx: Tx, members: Collection[UUID]) -> dict[UUID, list[tuple[HintKind, int]]]:
    """Return for every other person who shares something with these records: what kind, and how many records have it."""
    own = await tx.rows(
        select(col(IdentityHint.kind), col(IdentityHint.hint)).where(
            col(IdentityHint.customer_id).in_(members), col(IdentityHint.kind) != HintKind.SHORT_NAME.value
        )
    )
    found: dict[UUID, dict[str, tuple[HintKind, int]]] = {}
    if not own:
        return {}
    same = or_(*(and_(col(IdentityHint.kind) == row["kind"], col(IdentityHint.hint) == row["hint"]) for row in own))
    counts = await tx.rows(
        select(col(IdentityHint.hint), func.count().label("holders")).where(same).group_by(col(IdentityHint.kind), col(IdentityHint.hint))
    )
    holders = {row["hint"]: int(row["holders"]) for row in counts if row["holders"] <= MOST}
    rows = await tx.rows(
        select(col(IdentityHint.kind), col(IdentityHint.hint), col(CustomerMember.person_id))
        .join(CustomerMember, col(CustomerMember.customer_id) == col(IdentityHint.customer_id))
        .where(same, col(IdentityHint.hint).in_(holders), col(IdentityHint.customer_id).not_in(members))
    )
    for row in rows:
        found.setdefault(row["person_id"], {})[row["hint"]] = (HintKind(row["kind"]), holders[row["hint"]])
    return {person: list(shared.values()) for person, shared in found.items()}


async def record_count(tx: Tx) -> int:
    """Return how many records there are."""
    return int(await tx.scalar(select(func.count()).select_from(CustomerMember)))
