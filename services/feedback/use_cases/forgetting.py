"""Customers who were erased, remembered only as keyed hashes, so that nothing about them comes in again."""

import hmac
from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.feedback.models import Forgotten
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict

PURPOSE = "feedback forgotten customers"


class CustomerWasErased(Conflict):
    """This customer was erased: nothing about them is taken in any more."""

    code = "feedback_customer_erased"


def digest_of(tx: Tx, customer_id: UUID) -> str:
    """Return the keyed hash of the id: of no use to anybody without the installation's secret."""
    return hmac.new(tx.secret(PURPOSE), customer_id.bytes, sha256).hexdigest()


async def remember_erased(uow: UnitOfWork, customer_id: UUID) -> None:
    """From now on nothing about this customer is taken in."""
    await uow.insert_ignore(Forgotten, {"digest": digest_of(uow, customer_id), "since": uow.now})


async def is_erased(tx: Tx, customer_id: UUID) -> bool:
    """Tell whether this customer was erased; cheap enough for every voice that comes in."""
    return bool(await tx.peek("SELECT 1 FROM forgotten WHERE digest = $1", digest_of(tx, customer_id)))


async def erased_among(tx: Tx, customer_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these customers were erased."""
    digests = {digest_of(tx, one): one for one in customer_ids}
    if not digests:
        return set()
    known = await tx.rows(select(col(Forgotten.digest)).where(col(Forgotten.digest).in_(list(digests))))
    return {digests[row["digest"]] for row in known}
