"""What an agent wrote down about a case is knowledge at once: a draft that the next search finds."""

from services.customers.contract import CaseWrittenUp
from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.knowledge.domain.lifecycle import ArticleState
from services.knowledge.domain.masking import mask, mask_optional
from services.knowledge.models import Article, ArticleFlag
from services.knowledge.repository.articles import article_of_case
from services.knowledge.repository.erasure import is_erased
from services.knowledge.use_cases.keep_article import keep_article
from services.knowledge.use_cases.remember_case import remember_words
from services.knowledge.use_cases.write_article import blank_article, compared


async def draft_from_case(uow: UnitOfWork, event: CaseWrittenUp) -> None:
    """Store the write-up as a draft for agents, personal data masked; the same case again makes the draft's next version.

    When people have taken the draft further meanwhile, their work stays: the new words become a flag on it.
    """
    if await is_erased(uow, event.customer_id):
        return
    text = "\n".join(part for part in (event.problem, event.environment, event.cause) if part)
    await remember_words(uow, event.case_id, event.customer_id, event.title, text, event.language)
    known = await article_of_case(uow, event.case_id)
    if known is not None and known.state != ArticleState.WORK_IN_PROGRESS:
        await _flag(uow, known, event)
        return
    draft = (known or blank_article(uow)).model_copy(update=_words(event))
    await keep_article(uow, await compared(uow, draft), reason="case_written_up", by=event.author, text_changed=True)


def _words(event: CaseWrittenUp) -> dict[str, object]:
    return {
        "title": mask(event.title),
        "problem": mask(event.problem),
        "environment": mask_optional(event.environment),
        "cause": mask_optional(event.cause),
        "resolution": mask(event.resolution),
        "language": event.language,
        "product": event.product,
        "driver": event.driver,
        "case_id": event.case_id,
        "customer_id": event.customer_id,
        "author": event.author,
    }


async def _flag(uow: UnitOfWork, article: Article, event: CaseWrittenUp) -> None:
    flag = ArticleFlag(
        id=new_id(),
        article_id=article.id,
        article_version=article.version,
        reason="case_written_up_again",
        note=mask(f"{event.problem}\n{event.resolution}"),
        case_id=event.case_id,
        flagged_by=event.author,
        flagged_at=uow.now,
        settled_at=None,
    )
    await uow.insert(ArticleFlag, flag.model_dump())
