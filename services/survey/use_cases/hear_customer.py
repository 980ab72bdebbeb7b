"""A customer was named, merged, or wants to be forgotten."""

from typing import Any

from services.customers.contract import CustomerErased, CustomersMerged, CustomersUnmerged, SubjectIdentified
from services.kit.db import UnitOfWork
from services.kit.subjects import forget_told
from services.survey.contract import SubjectErased
from services.survey.domain.judging import Reason, RuleVerdict
from services.survey.domain.telling import Untold
from services.survey.models import KnownCustomer
from services.survey.repository import answering, asking, hearing, known, sending, told
from services.survey.use_cases.hear_contact import name_customer
from services.survey.use_cases.prepare_telling import settle_untold
from services.survey.use_cases.record_response import KEEP_PARTIAL
from services.survey.use_cases.skip_decision import call_off

MOST_ASKS = 10_000


async def hear_subject_identified(uow: UnitOfWork, event: SubjectIdentified) -> None:
    """A contact without a customer now has one."""
    if event.subject_kind == "contact":
        await name_customer(uow, event.subject_id, event.customer_id)


async def hear_merged(uow: UnitOfWork, event: CustomersMerged) -> None:
    """From now on the two count as one person for caps, consent and cool-downs."""
    await known.hear_merge(uow, event.merge_id, event.survivor_id, event.merged_id, undone=False)


async def hear_unmerged(uow: UnitOfWork, event: CustomersUnmerged) -> None:
    """They are two again, each with their own asks."""
    await known.hear_merge(uow, event.merge_id, event.survivor_id, event.merged_id, undone=True)


async def hear_erased(uow: UnitOfWork, event: CustomerErased) -> None:
    """Forget name, address, keys and words; end what is open; kill every link. Counts stay."""
    gone: dict[str, Any] = dict.fromkeys(("display_name", "language", "time_zone", "email", "phone", "country", "tier", "preferred_channel"))
    gone["segment"] = {}
    row = {"customer_id": event.customer_id, "version": 0, **gone, "erased_at": uow.now}
    await uow.upsert(KnownCustomer, row, key=("customer_id",))
    rows = await known.forget_keys(uow, event.customer_id)
    rows += await asking.blank_responses(uow, event.customer_id)
    rows += await answering.forget_revisions(uow, event.customer_id)
    rows += await sending.forget_addresses(uow, [event.customer_id])
    for telling in await told.open_of(uow, event.customer_id):
        await settle_untold(uow, telling, Untold.ERASED)
    rows += await told.kill_links(uow, event.customer_id)
    rows += await asking.withdraw_invitations(uow, [event.customer_id], also_sent=True)
    asked = await asking.invitations_of(uow, [event.customer_id], MOST_ASKS)
    await hearing.cancel_all(uow, KEEP_PARTIAL, [str(each.id) for each in asked])
    for decision in await asking.pending_of(uow, customer_id=event.customer_id):
        await call_off(uow, decision, RuleVerdict("not_erased", {"erased": True}, passed=False, reason=Reason.ERASED))
    rows += await known.forget_facts(uow, event.customer_id)  # last: what is called off is judged by it
    if event.erasure_id is not None:
        rows += await forget_told(uow, [str(event.customer_id)])
        uow.emit(SubjectErased(erasure_id=event.erasure_id, customer_id=event.customer_id, rows=rows))
