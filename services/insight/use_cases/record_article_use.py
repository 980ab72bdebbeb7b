"""Knowledge was used to solve something."""

from services.insight.models import ArticleUse
from services.kit.db import UnitOfWork
from services.knowledge.contract import ArticleLinked


async def record_article_use(uow: UnitOfWork, event: ArticleLinked) -> None:
    """Count the use, once per telling."""
    row = {
        "event_id": uow.envelope.id,
        "article_id": event.article_id,
        "contact_id": event.contact_id,
        "case_id": event.case_id,
        "used_at": event.linked_at,
    }
    await uow.insert_ignore(ArticleUse, row)
