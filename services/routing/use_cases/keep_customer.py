"""Keep what routing needs of customers: who a key names, tier, mood; and forget whom it must forget."""

from uuid import UUID

from services.customers.contract import CustomerChanged, CustomerErased, MoodChanged, SubjectIdentified
from services.kit.db import UnitOfWork
from services.kit.subjects import forget_told
from services.routing.contract import SubjectErased
from services.routing.domain.contact import Trigger
from services.routing.repository import customers, escalations, lessons, matching, policies, queues
from services.routing.use_cases.classify import class_with_credit
from services.routing.use_cases.match import match_contact


async def keep_customer(uow: UnitOfWork, event: CustomerChanged) -> None:
    """Keep tier, language and keys."""
    await customers.keep_standing(uow, event.customer_id, event.tier, event.language)
    await customers.replace_keys(uow, event.customer_id, [(key.kind, key.value) for key in event.keys])
    await give_credit_anew(uow, event.customer_id)


async def keep_mood(uow: UnitOfWork, event: MoodChanged) -> None:
    """Keep the mood; an unhappy customer's waiting contacts move up at once."""
    await customers.keep_mood(uow, event.customer_id, event.mood)
    await give_credit_anew(uow, event.customer_id)


async def name_contact(uow: UnitOfWork, event: SubjectIdentified) -> None:
    """Write the customer on a contact that came without one."""
    if event.subject_kind == "contact" and await customers.name_customer(uow, event.subject_id, event.customer_id):
        await give_credit_anew(uow, event.customer_id)


async def forget_customer(uow: UnitOfWork, event: CustomerErased) -> None:
    """Blank texts and keys; counts stay."""
    rows = await lessons.forget_labels(uow, await customers.contacts_of(uow, event.customer_id))
    raised = await escalations.of_customer(uow, event.customer_id)
    rows += await escalations.forget(uow, raised)
    rows += await customers.forget(uow, event.customer_id)
    if event.erasure_id is not None:
        contacts = [str(one) for one in await customers.contacts_of(uow, event.customer_id)]
        rows += await forget_told(uow, [str(event.customer_id)], keys=[*contacts, *map(str, raised)])
        uow.emit(SubjectErased(erasure_id=event.erasure_id, customer_id=event.customer_id, rows=rows))


async def give_credit_anew(uow: UnitOfWork, customer_id: UUID) -> None:
    """Reckon the credit of the customer's waiting contacts again. It moves them in line; who may serve them stays as it was."""
    waiting = await queues.waiting_of_customer(uow, customer_id)
    if not waiting:
        return
    await matching.lock_dispatch(uow)
    for contact in await queues.waiting_of_customer(uow, customer_id):
        told = await policies.labelled(uow, contact.policy)
        key = await class_with_credit(uow, contact.queue or "", contact, await queues.policy_of(uow, contact), told)
        if key != contact.class_key:
            await queues.change_class(uow, contact.id, key)
            await match_contact(uow, contact.id, Trigger.CREDIT_CHANGED)
