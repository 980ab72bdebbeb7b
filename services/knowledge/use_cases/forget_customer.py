"""Forget a customer: words go, links to the person go, what was counted and what people have checked stays."""

from services.customers.contract import CustomerErased
from services.kit.db import UnitOfWork
from services.kit.subjects import forget_told
from services.knowledge.contract import SubjectErased
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.repository.erasure import articles_about, forget_drafts, forget_words, peer_answers_by, sessions_of
from services.knowledge.repository.index import take_from_index
from services.knowledge.use_cases.keep_article import SECTIONS, keep_article


async def forget_customer(uow: UnitOfWork, event: CustomerErased) -> None:
    """Blank drafts in the customer's own words that nobody checked; checked articles only lose whose case they came from."""
    about = await articles_about(uow, event.customer_id)
    for answer_id in await peer_answers_by(uow, event.customer_id):
        await take_from_index(uow, answer_id)
    sessions = [str(one) for one in await sessions_of(uow, event.customer_id)]
    rows = await forget_words(uow, event.customer_id)
    for article in about:  # one customer's cases: few
        unchecked = article.state == ArticleState.WORK_IN_PROGRESS
        forgotten = article.model_copy(update={"customer_id": None, "case_id": None, **(_blank() if unchecked else {})})
        await keep_article(uow, forgotten, reason="erased", by="antiphon", text_changed=unchecked)
    if about:
        await forget_drafts(uow, [article.id for article in about])
    rows += len(about) + await forget_told(uow, [str(event.customer_id), *sessions], keys=sessions)
    if event.erasure_id is not None:
        uow.emit(SubjectErased(erasure_id=event.erasure_id, customer_id=event.customer_id, rows=rows))


def _blank() -> dict[str, object]:
    return {"title": "", **dict.fromkeys(SECTIONS), "state": ArticleState.ARCHIVED.value, "similar_to": None, "similarity": None}
