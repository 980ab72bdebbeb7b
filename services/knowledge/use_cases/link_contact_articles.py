"""Articles that an agent used in a contact are linked to it, without another click."""

from services.kit.db import UnitOfWork
from services.knowledge.repository.articles import ArticleNotFound
from services.knowledge.repository.contacts import remember_contact
from services.knowledge.use_cases.link_article import ArticleArchived, LinkArticle, link_article
from services.routing.contract import ContactEnded


async def link_contact_articles(uow: UnitOfWork, event: ContactEnded) -> None:
    """Remember the contact's outcome, and link every article that it names; unknown and archived ones are passed over."""
    await remember_contact(uow, event)
    by = str(event.agent_id) if event.agent_id else "antiphon"
    for article_id in dict.fromkeys(event.articles):
        try:
            await link_article(uow, article_id, LinkArticle(contact_id=event.contact_id, customer_id=event.customer_id), by)
        except (ArticleNotFound, ArticleArchived):
            continue
