"""Read articles again that an older analyzer has read, or none."""

from typing import Any

from services.kit.db import UnitOfWork
from services.knowledge.repository.index import REINDEX_DUE, behind, put_in_index
from services.knowledge.use_cases.keep_article import indexed

_BATCH = 100


async def reindex_articles(uow: UnitOfWork, _: Any) -> None:
    """Index one batch anew, and come again while there are more."""
    late = await behind(uow, _BATCH)
    for article in late:
        await put_in_index(uow, indexed(article), text_changed=True)
    if len(late) == _BATCH:
        await uow.wake(REINDEX_DUE, key="all")
