"""What knowledge knows: articles, what a search finds, and what customers tried themselves."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import as_json
from gateway.schema import ids
from gateway.schema.relay import Node, global_id, mapped
from services.knowledge import contract


@strawberry.type(description="An article as it stands.")
class Article(Node):
    """An article."""

    uid: UUID = strawberry.field(description="The id in REST.")
    title: str = strawberry.field(description="What it is about, in a line.")
    problem: str | None = strawberry.field(description="What is wrong, in Markdown; null when nobody wrote it.")
    environment: str | None = strawberry.field(description="Where and with what it happens, in Markdown.")
    cause: str | None = strawberry.field(description="Why it happens, in Markdown.")
    resolution: str | None = strawberry.field(description="What solves it, in Markdown.")
    html: JSON = strawberry.field(description="Section to sanitised HTML.")
    language: str = strawberry.field(description="BCP 47 language.")
    state: str = strawberry.field(description="work_in_progress, not_validated, validated or archived.")
    audience: str = strawberry.field(description="internal or customer.")
    product: str | None = strawberry.field(description="The product; null when it is not about one.")
    driver: str | None = strawberry.field(description="The driver; null when unknown.")
    case_id: UUID | None = strawberry.field(description="The case that it was written for; null when written without one.")
    author: str = strawberry.field(description="Who wrote it.")
    similar_to: UUID | None = strawberry.field(description="An article to reuse instead of this draft; null when there is none.")
    version: int = strawberry.field(description="Grows with each change.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    changed_at: datetime = strawberry.field(description="When it was last changed.")

    @classmethod
    def of(cls, view: contract.ArticleView) -> "Article":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.ARTICLE, view.id), uid=view.id)


@strawberry.type(description="One article that a search found.")
class FoundArticle:
    """A search result."""

    article_id: UUID = strawberry.field(description="The article.")
    title: str = strawberry.field(description="What it is about, in a line.")
    language: str = strawberry.field(description="BCP 47 language.")
    state: str = strawberry.field(description="work_in_progress, not_validated, validated or archived.")
    audience: str = strawberry.field(description="internal or customer.")
    version: int = strawberry.field(description="Its version.")
    snippet: str = strawberry.field(description="HTML: everything escaped, the found words in <mark>.")
    score: float = strawberry.field(description="How well it fits; comparable within one search only.")
    because: JSON = strawberry.field(description="What adds up to the score, strongest first.")

    @classmethod
    def of(cls, view: contract.FoundArticle) -> "FoundArticle":
        """Build it from the view."""
        return mapped(cls, view, because=[as_json(term) for term in view.because])


@strawberry.type(description="An article for one of the customer's open cases.")
class SuggestedArticle(FoundArticle):
    """A suggestion."""

    case_id: UUID = strawberry.field(description="The open case.")
    case_title: str = strawberry.field(description="What that case is about.")


@strawberry.type(description="What a search found.")
class KnowledgeSearch:
    """A search with its results."""

    query: str = strawberry.field(description="What was searched.")
    results: list[FoundArticle] = strawberry.field(description="Best first.")
    corrections: JSON = strawberry.field(description="Words that no article holds, and what was searched instead.")

    @classmethod
    def of(cls, view: contract.SearchView) -> "KnowledgeSearch":
        """Build it from the view."""
        found = [FoundArticle.of(article) for article in view.results]
        return mapped(cls, view, results=found, corrections=[word.model_dump(mode="json") for word in view.corrections])


@strawberry.type(description="What the customer tried in self-service.")
class SelfServiceSession:
    """A session."""

    session_id: UUID = strawberry.field(description="The session.")
    language: str | None = strawberry.field(description="BCP 47 language; null when unknown.")
    queries: list[str] = strawberry.field(description="What was searched, in order.")
    articles: list[UUID] = strawberry.field(description="What was opened, in order.")
    failed: bool = strawberry.field(description="Whether the customer said that nothing helped.")
    wants_contact: bool = strawberry.field(description="Whether they asked to be contacted.")
    started_at: datetime = strawberry.field(description="When it began.")
    last_at: datetime = strawberry.field(description="When it was last used.")

    @classmethod
    def of(cls, view: contract.HelpSessionView) -> "SelfServiceSession":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="An article that solved a case or a contact.")
class ArticleLink:
    """A link."""

    uid: UUID = strawberry.field(description="The id in REST.")
    article_id: UUID = strawberry.field(description="The article.")
    case_id: UUID | None = strawberry.field(description="The case; null when it was a contact.")
    contact_id: UUID | None = strawberry.field(description="The contact; null when it was a case.")
    customer_id: UUID | None = strawberry.field(description="The customer; null when not said.")
    linked_by: str = strawberry.field(description="Who linked it.")
    linked_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: contract.LinkView) -> "ArticleLink":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)
