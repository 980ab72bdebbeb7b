"""Keep the words of open cases, to suggest articles for them."""

from uuid import UUID

from services.customers.contract import CaseOpened, CaseResolved
from services.kit.db import UnitOfWork
from services.knowledge.domain.masking import mask
from services.knowledge.models import OpenCase
from services.knowledge.repository.cases import close_case
from services.knowledge.repository.erasure import is_erased


async def remember_case(uow: UnitOfWork, event: CaseOpened) -> None:
    """Keep what the customer told when the case was opened."""
    await remember_words(uow, event.case_id, event.customer_id, event.title, event.description, event.language)


async def forget_case(uow: UnitOfWork, event: CaseResolved) -> None:
    """A resolved case needs no suggestions; that it closed is kept for the link rate."""
    await close_case(uow, event.case_id, event.driver, event.resolved_at)


async def remember_words(uow: UnitOfWork, case_id: UUID, customer_id: UUID, title: str, text: str, language: str) -> None:
    """Keep or replace the words of a case, personal data masked; nothing of a customer whom we have forgotten."""
    if await is_erased(uow, customer_id):
        return
    await uow.upsert(
        OpenCase,
        {
            "case_id": case_id,
            "customer_id": customer_id,
            "title": mask(title),
            "text": mask(text),
            "language": language,
            "opened_at": uow.now,
        },
        key=("case_id",),
    )
