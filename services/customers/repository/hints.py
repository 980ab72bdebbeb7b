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
        blind = hmac.new(secret, f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()
        await uow.insert_ignore(IdentityHint, {"customer_id": customer_id, "kind": kind.value, "hint": blind})


async def drop_hints(uow: UnitOfWork, customer_ids: Collection[UUID], kind: HintKind | None = None) -> int:
    """Forget what these records have (of one kind)."""
    where: list[ColumnElement[bool]] = [col(IdentityHint.customer_id).in_(customer_ids)]
    if kind is not None:
        where.append(col(IdentityHint.kind) == kind.value)
    return await uow.execute(delete(IdentityHint).where(*where))


async def shared_hints(tx: Tx, members: Collection[UUID]) -> dict[UUID, list[tuple[HintKind, int]]]:
    """Return for every other person who shares something with these records: what kind, and how many records have it."""
    own = await tx.rows(select(col(IdentityHint.kind), col(IdentityHint.hint)).where(col(IdentityHint.customer_id).in_(members)))
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
