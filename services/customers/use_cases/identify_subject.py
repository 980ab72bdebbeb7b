"""Find out whose contact, feedback item or self-service session it was that arrived with keys only."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from services.customers import repository
from services.customers.contract import IdentityKey, SubjectIdentified
from services.customers.domain.keys import usable
from services.customers.domain.timeline import SubjectKind
from services.customers.use_cases.find_customer import find_or_make
from services.feedback.contract import FeedbackMatched, FeedbackReferenced
from services.kit.db import UnitOfWork


class ForgottenError(Exception):
    """It concerns somebody who was erased: it must not be kept, not even as nobody's."""


async def identify(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID, given: Sequence[IdentityKey]) -> UUID | None:
    """Return the customer, known or new, and tell it once; what waited for it joins the timeline.

    None while there are no usable keys. Raises ForgottenError when the keys belong to somebody who was erased and to nobody else.
    """
    known = await repository.claim_subject(uow, kind, subject_id)
    if known is not None:
        return known
    keys = usable((key.kind, key.value) for key in given)
    if not keys:
        return None
    if not await repository.key_owners(uow, keys) and await repository.erased(uow, keys):
        raise ForgottenError
    customer_id = await find_or_make(uow, keys)
    await _name(uow, kind, subject_id, customer_id)
    return customer_id


async def hear_matched(uow: UnitOfWork, event: FeedbackMatched) -> None:
    """A person said whose voice it is: what waited for that joins the timeline. Who is erased or unknown here is given nothing."""
    known = await repository.people(uow, [event.customer_id])
    if not known or await repository.lock_person(uow, event.customer_id) is not None:
        return
    if await repository.claim_subject(uow, SubjectKind.FEEDBACK_ITEM, event.item_id) is None:
        await _name(uow, SubjectKind.FEEDBACK_ITEM, event.item_id, event.customer_id)


async def hear_referenced(uow: UnitOfWork, event: FeedbackReferenced) -> None:
    """A platform told later whose a voice is."""
    with suppress(ForgottenError):
        await identify(uow, SubjectKind.FEEDBACK_ITEM, event.item_id, event.customer_keys)


async def _name(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID, customer_id: UUID) -> None:
    await repository.name_subject(uow, kind, subject_id, customer_id)
    uow.emit(SubjectIdentified(subject_kind=kind, subject_id=subject_id, customer_id=customer_id))
    await _attach(uow, kind, subject_id, customer_id)


async def _attach(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID, customer_id: UUID) -> None:
    """Give waiting entries their customer; they are written anew, so that readers who follow `seq` see them arrive."""
    if kind is SubjectKind.FEEDBACK_ITEM:
        await repository.give_follow_ups(uow, subject_id, customer_id)
    waiting = await repository.take_waiting(uow, kind, subject_id, customer_id)
    if waiting:
        await repository.lock_person(uow, customer_id)
        await repository.add_entries(uow, waiting)
