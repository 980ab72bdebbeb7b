"""What knowledge knows: articles, what a search finds, and what customers tried themselves."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import as_json
from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.guides import Guide, GuideRun
from gateway.schema.payload import IdempotencyKey, Payload, performed
from gateway.schema.relay import After, Connection, First, Node, changes, checked_first, computed, global_id, mapped, page_from, raw_id
from services.knowledge import contract

_Product = Annotated[str | None, strawberry.argument(description="Only about this product, named as in the article.")]


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

    article_id: UUID = strawberry.field(description="The article, guide or peer answer.")
    kind: str = strawberry.field(description="article, guide or peer_answer: what is from a customer is to be shown as such.")
    title: str = strawberry.field(description="What it is about, in a line.")
    language: str = strawberry.field(description="BCP 47 language.")
    state: str = strawberry.field(description="work_in_progress, not_validated, validated or archived.")
    audience: str = strawberry.field(description="internal or customer.")
    version: int = strawberry.field(description="Its version.")
    snippet: str = strawberry.field(description="HTML: everything escaped, the found words in <mark>.")
    score: float = strawberry.field(description="How well it fits; comparable within one search only.")
    words: float = strawberry.field(description="What the words alone add up to (BM25).")
    closeness: float | None = strawberry.field(description="Cosine of question and best passage; null while there is no vector.")
    told: float = strawberry.field(description="0..1: of all that the words of the question tell, the share of those that stand in it.")
    likely: bool = strawberry.field(description="Whether it is likely to be an answer, by its words and its meaning together.")
    boosts: JSON = strawberry.field(description="Shares by which state, reuse and an overdue review move the score.")
    because: JSON = strawberry.field(description="What `words` adds up to, strongest first.")

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
    answered: bool = strawberry.field(description="Whether any result is likely to be an answer; if not, they are only the nearest that there is.")
    results: list[FoundArticle] = strawberry.field(description="Best first.")
    corrections: JSON = strawberry.field(description="Words that no article holds, and what was searched instead.")
    mixing: JSON | None = strawberry.field(description="How words and meaning were mixed; null when only words were searched.")

    @classmethod
    def of(cls, view: contract.SearchView) -> "KnowledgeSearch":
        """Build it from the view."""
        found = [FoundArticle.of(article) for article in view.results]
        mixing = as_json(view.mixing) if view.mixing else None
        return mapped(cls, view, results=found, corrections=[word.model_dump(mode="json") for word in view.corrections], mixing=mixing)


@strawberry.type(description="What the customer tried in self-service.")
class SelfServiceSession:
    """A session."""

    session_id: UUID = strawberry.field(description="The session.")
    language: str | None = strawberry.field(description="BCP 47 language; null when unknown.")
    queries: list[str] = strawberry.field(description="What was searched, in order.")
    articles: list[UUID] = strawberry.field(description="What was opened, in order.")
    steps: list[str] = strawberry.field(description="What was answered in guides, in words and in order.")
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


@strawberry.type(description="Something customers look for and do not find.")
class KnowledgeGap:
    """A gap."""

    query: str = strawberry.field(description="As one of them typed it, personal data masked.")
    language: str | None = strawberry.field(description="BCP 47 language; null when unknown.")
    sessions: int = strawberry.field(description="Different visitors who got no answer.")
    searches: int = strawberry.field(description="Their searches.")
    without_result: int = strawberry.field(description="Searches that found nothing, or nothing that is likely to be an answer.")
    without_click: int = strawberry.field(description="Searches after which nothing was opened.")
    wanted_contact: int = strawberry.field(description="Visitors who then asked to be contacted: the rank.")
    last_at: datetime = strawberry.field(description="When it was last asked.")

    @classmethod
    def of(cls, view: contract.GapView) -> "KnowledgeGap":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="A complaint about an article.")
class ArticleFlag:
    """A flag."""

    uid: UUID = strawberry.field(description="The id in REST.")
    article_id: UUID = strawberry.field(description="The article.")
    reason: str = strawberry.field(description="wrong, unclear, out_of_date or duplicate.")
    note: str | None = strawberry.field(description="In words, personal data masked.")
    flagged_by: str = strawberry.field(description="Who says so.")
    flagged_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: contract.FlagView) -> "ArticleFlag":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


_AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]


@strawberry.type(description="What can be asked of knowledge beside articles and searches.")
class KnowledgeQuery:
    """Part of the root."""

    @computed("Articles and guides for what a customer says.", scope="knowledge:read")
    async def suggested_knowledge(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="What the customer says.")],
        first: First,
        product: _Product = None,
    ) -> KnowledgeSearch | None:
        """Ask knowledge."""
        context = at(info)
        query: dict[str, Any] = {"text": text, "limit": min(checked_first(first), 50), "product": product}
        return KnowledgeSearch.of(await context.clients.knowledge.suggest(context.caller, query))

    @computed("What customers looked for without an answer; what made most of them ask for contact first.", scope="knowledge:read")
    async def knowledge_gaps(
        self, info: Info, first: First, days: Annotated[int, strawberry.argument(description="How far to look back.")] = 30
    ) -> list[KnowledgeGap] | None:
        """Ask knowledge."""
        context = at(info)
        page = await context.clients.knowledge.gaps(context.caller, {"days": days, "limit": checked_first(first)})
        return [KnowledgeGap.of(one) for one in page.items]

    @computed("Guides, newest first.", scope="knowledge:read")
    async def guides(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: Annotated[str | None, strawberry.argument(description="Only in this state.")] = None,
        product: _Product = None,
    ) -> Connection[Guide] | None:
        """Ask knowledge."""
        context = at(info)
        query: dict[str, Any] = {"state": state, "product": product, "limit": checked_first(first), "cursor": after}
        page = await context.clients.knowledge.guides(context.caller, query)
        return page_from(page.items, page.next_cursor, after, Guide.of)


@strawberry.type(description="What can be changed in knowledge beside links.")
class KnowledgeMutation:
    """Part of the root."""

    @changes("Say that an article is wrong, unclear, out of date or a duplicate.")
    async def flag_article(
        self,
        info: Info,
        id: _AnyId,
        reason: Annotated[str, strawberry.argument(description="wrong, unclear, out_of_date or duplicate.")],
        note: Annotated[str | None, strawberry.argument(description="In words.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[ArticleFlag]:
        """Tell knowledge."""
        context = at(info)
        body: dict[str, Any] = {"reason": reason, "note": note}
        return await performed(
            lambda: context.clients.knowledge.flag(context.caller, raw_id(str(id), ids.ARTICLE), body, idempotency_key), ArticleFlag.of
        )

    @changes("Begin a guide for a case.")
    async def begin_guide(
        self,
        info: Info,
        guide_id: Annotated[UUID, strawberry.argument(description="The guide.")],
        case_id: Annotated[UUID | None, strawberry.argument(description="The case; null to try it out.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[GuideRun]:
        """Tell knowledge."""
        context = at(info)
        body: dict[str, Any] = {"case_id": str(case_id)} if case_id else {}
        return await performed(lambda: context.clients.knowledge.walk(context.caller, str(guide_id), body, idempotency_key), GuideRun.of)

    @changes("Answer the page of a guide and go on.")
    async def answer_guide(
        self,
        info: Info,
        run_id: Annotated[UUID, strawberry.argument(description="The walk.")],
        page: Annotated[int, strawberry.argument(description="The walk's version that the answer is for.")],
        key: Annotated[str | None, strawberry.argument(description="The chosen option; null where there is nothing to choose.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[GuideRun]:
        """Tell knowledge."""
        context = at(info)
        body: dict[str, Any] = {"page": page, "key": key}
        return await performed(lambda: context.clients.knowledge.answer(context.caller, str(run_id), body, idempotency_key), GuideRun.of)
