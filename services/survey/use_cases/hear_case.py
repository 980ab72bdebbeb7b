"""A case or a follow-up opened or closed: some programmes keep silent meanwhile, some ask when it is over."""

from services.customers.contract import CaseResolved
from services.feedback.contract import FollowUpClosed, FollowUpOpened
from services.kit.db import UnitOfWork
from services.survey.contract import Attribution
from services.survey.domain.programme import Matter, Trigger
from services.survey.repository import known
from services.survey.use_cases.plan_ask import Occasion


def resolved(event: CaseResolved) -> Occasion:
    """Return the occasion of programmes that ask when a case is over; a case that is resolved twice is asked about once."""
    nothing = dict.fromkeys(Attribution.model_fields, None)
    attribution = Attribution.model_validate({**nothing, "case_id": event.case_id, "driver": event.driver})
    key, facts = f"case:{event.case_id}", {"driver": event.driver}
    return Occasion(Trigger.CASE_RESOLVED, key, event.customer_id, "case", event.resolved_at, attribution, facts)


async def hear_follow_up_opened(uow: UnitOfWork, event: FollowUpOpened) -> None:
    """Note an open follow-up."""
    await known.hear_matter(uow, event.follow_up_id, Matter.FOLLOW_UP, event.customer_id)


async def hear_follow_up_closed(uow: UnitOfWork, event: FollowUpClosed) -> None:
    """Note the end of a follow-up."""
    await known.hear_matter(uow, event.follow_up_id, Matter.FOLLOW_UP, event.customer_id, event.closed_at)
