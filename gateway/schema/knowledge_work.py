"""Keeping knowledge alive: writing and judging articles, what is missing, what it saves, who learns what, and where processes fail."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import as_json
from gateway.context import Info, at
from gateway.schema import ids
from gateway.schema.knowledge import Article
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, checked_first, computed, mapped, page_from, raw_id
from services.knowledge import contract

_AnyId = Annotated[strawberry.ID, strawberry.argument(description="The global id, or the id in REST.")]
_Version = Annotated[int, strawberry.argument(description="The version that the change is for.")]
_Days = Annotated[int, strawberry.argument(description="How far to look back.")]
_Since = Annotated[datetime | None, strawberry.argument(description="From then on; null: 30 days before `until`.")]
_Until = Annotated[datetime | None, strawberry.argument(description="Up to then, not included; null: now.")]


@strawberry.type(description="Something missing, of whatever kind, and the contacts it causes.")
class RankedGap:
    """A gap."""

    kind: str = strawberry.field(description="search, guide or driver.")
    what: str = strawberry.field(description="The question (personal data masked), the guide's title, or the driver.")
    language: str | None = strawberry.field(description="BCP 47 language; null when unknown.")
    driver: str | None = strawberry.field(description="The driver; null when unknown.")
    guide_id: UUID | None = strawberry.field(description="The guide that did not help; null for other kinds.")
    contacts: int = strawberry.field(description="Contacts that it caused: the rank.")
    people: int = strawberry.field(description="Different visitors; of a driver, its contacts.")

    @classmethod
    def of(cls, view: contract.RankedGap) -> "RankedGap":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="How the knowledge base lives. Shares come with part, whole and their 95 % interval.")
class KnowledgeMeasures:
    """Measures after KCS."""

    link_rate: JSON = strawberry.field(description="Cases that closed with an article linked, or written up from them.")
    created: int = strawberry.field(description="Articles begun.")
    improved: int = strawberry.field(description="Edits.")
    reused: int = strawberry.field(description="Different articles that were linked.")
    reuse_per_article: float | None = strawberry.field(description="Links per reused article; null without any.")
    hours_to_publish: JSON = strawberry.field(description="Count, median and ninth decile.")
    draft_days: JSON = strawberry.field(description="How long the present drafts wait.")
    open_flag_days: JSON = strawberry.field(description="How long the open flags wait.")
    states: JSON = strawberry.field(description="State to articles.")
    review_overdue: int = strawberry.field(description="Articles whose review day is over.")
    checklist: JSON = strawberry.field(description="Criterion to the share of checks in which it held.")

    @classmethod
    def of(cls, view: contract.MeasuresView) -> "KnowledgeMeasures":
        """Build it from the view."""
        return cls(**{name: value for name, value in as_json(view).items() if name not in {"since", "until"}})


@strawberry.type(description="What self-service saves, told honestly. Shares come with part, whole and their 95 % interval.")
class Deflection:
    """Deflection."""

    window_days: int = strawberry.field(description="A session without a contact within so many days counts as deflected.")
    sessions: int = strawberry.field(description="In which something was tried, and whose window is over.")
    unknown: int = strawberry.field(description="Of visitors of whom nobody can say whether they called.")
    deflected: JSON = strawberry.field(description="Of the others: no contact about it within the window.")
    said_solved: JSON = strawberry.field(description="Of all: the visitor said so.")
    offered_contacted: JSON = strawberry.field(description="Contact forms with answers that led to a contact all the same.")
    held_out_contacted: JSON = strawberry.field(description="The same of visitors who were offered nothing, by chance.")
    effect: JSON | None = strawberry.field(description="Contacts that offering answers saves, with its interval; null while a group is empty.")

    @classmethod
    def of(cls, view: contract.DeflectionView) -> "Deflection":
        """Build it from the view."""
        return cls(**{name: value for name, value in as_json(view).items() if name not in {"since", "until"}})


@strawberry.type(description="Why somebody should learn something.")
class TrainingNeed:
    """A need."""

    uid: UUID = strawberry.field(description="The id in REST.")
    topic: str = strawberry.field(description="The driver.")
    group: str | None = strawberry.field(description="The team or site; null: everybody.")
    agents: list[UUID] = strawberry.field(description="Whom it is about.")
    effect: float | None = strawberry.field(description="Points of resolution that it costs; null when not measured.")
    evidence: str = strawberry.field(description="In words.")
    source: str = strawberry.field(description="insight, or who said so.")
    state: str = strawberry.field(description="open, assigned or closed.")
    modules: list[str] = strawberry.field(description="Modules that teach it; empty: one has to be written.")
    found_at: datetime = strawberry.field(description="When it was found.")

    @classmethod
    def of(cls, view: contract.NeedView) -> "TrainingNeed":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id, modules=list(view.modules))


@strawberry.type(description="What an agent has to learn, or has learned.")
class TrainingAssignment:
    """An assignment."""

    uid: UUID = strawberry.field(description="The id in REST.")
    agent_id: UUID = strawberry.field(description="Who learns.")
    module: str = strawberry.field(description="The module's code.")
    reason: str = strawberry.field(description="need, refresher or manager.")
    due_at: datetime = strawberry.field(description="Until when.")
    completed_at: datetime | None = strawberry.field(description="When it was learned; null while it is open.")
    minutes: int | None = strawberry.field(description="How long it took; null while it is open.")

    @classmethod
    def of(cls, view: contract.AssignmentView) -> "TrainingAssignment":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="A process over a span: what each step causes.")
class ProcessFlow:
    """A process."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What is done.")
    contacts: int = strawberry.field(description="Contacts that all steps cause.")
    cost: float = strawberry.field(description="What these cost, in the organisation's currency.")
    steps: JSON = strawberry.field(description="Steps with contacts, cost, waiting and whether it is the bottleneck.")

    @classmethod
    def of(cls, view: contract.ProcessFlow) -> "ProcessFlow":
        """Build it from the view."""
        return mapped(cls, view, steps=[as_json(step) for step in view.steps])


@strawberry.input(description="The text of an article; sections are Markdown.")
class ArticleInput:
    """See POST /knowledge/v1/articles."""

    title: str = strawberry.field(description="What it is about, in a line.")
    language: str = strawberry.field(description="BCP 47 language.")
    problem: str | None = strawberry.field(default=None, description="What is wrong.")
    environment: str | None = strawberry.field(default=None, description="Where and with what it happens.")
    cause: str | None = strawberry.field(default=None, description="Why it happens.")
    resolution: str | None = strawberry.field(default=None, description="What solves it.")
    product: str | None = strawberry.field(default=None, description="The product.")
    driver: str | None = strawberry.field(default=None, description="The driver.")


@strawberry.type(description="What can be asked of the life of knowledge.")
class KnowledgeWorkQuery:
    """Part of the root."""

    @computed(
        "What is missing, in one list: questions without an answer, guides that did not help, drivers without an answer; most contacts first.",
        scope="knowledge:read",
    )
    async def ranked_gaps(self, info: Info, first: First, days: _Days = 30) -> list[RankedGap] | None:
        """Ask knowledge."""
        context = at(info)
        found = await context.clients.knowledge.ranked_gaps(context.caller, {"days": days, "limit": checked_first(first)})
        return [RankedGap.of(one) for one in found]

    @computed("How the knowledge base lives: link rate, reuse, time to publish, ageing, the checklist.", scope="knowledge:read")
    async def knowledge_measures(self, info: Info, since: _Since = None, until: _Until = None) -> KnowledgeMeasures | None:
        """Ask knowledge."""
        context = at(info)
        return KnowledgeMeasures.of(await context.clients.knowledge.measures(context.caller, _span(since, until)))

    @computed("What self-service saves.", scope="knowledge:read")
    async def deflection(self, info: Info, since: _Since = None, until: _Until = None) -> Deflection | None:
        """Ask knowledge."""
        context = at(info)
        return Deflection.of(await context.clients.knowledge.deflection(context.caller, _span(since, until)))

    @computed("What should be learned, newest first.", scope="knowledge:read")
    async def training_needs(
        self,
        info: Info,
        first: First,
        after: After = None,
        state: Annotated[str, strawberry.argument(description="open, assigned or closed.")] = "open",
    ) -> Connection[TrainingNeed] | None:
        """Ask knowledge."""
        context = at(info)
        page = await context.clients.knowledge.needs(context.caller, {"state": state, "limit": checked_first(first), "cursor": after})
        return page_from(page.items, page.next_cursor, after, TrainingNeed.of)

    @computed("Where a process fails: contacts, cost and waiting per step.", scope="knowledge:read")
    async def process_flow(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="The process.")],
        since: _Since = None,
        until: _Until = None,
    ) -> ProcessFlow | None:
        """Ask knowledge."""
        context = at(info)
        return ProcessFlow.of(await context.clients.knowledge.process(context.caller, code, _span(since, until)))


@strawberry.type(description="What can be changed in articles and training.")
class KnowledgeWorkMutation:
    """Part of the root."""

    @changes("Write an article for agents; it is found by the next search.")
    async def write_article(
        self,
        info: Info,
        input: Annotated[ArticleInput, strawberry.argument(description="Its text.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Article]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.write(context.caller, body_of(input), idempotency_key), Article.of)

    @changes("Replace the text of an article; open flags are settled.")
    async def rewrite_article(
        self,
        info: Info,
        id: _AnyId,
        version: _Version,
        input: Annotated[ArticleInput, strawberry.argument(description="Its new text, whole.")],
    ) -> Payload[Article]:
        """Tell knowledge."""
        context = at(info)
        return await performed(
            lambda: context.clients.knowledge.rewrite(context.caller, raw_id(str(id), ids.ARTICLE), body_of(input), version), Article.of
        )

    @changes("Say how far an article may be trusted, and who may read it.")
    async def set_article_state(
        self,
        info: Info,
        id: _AnyId,
        state: Annotated[str, strawberry.argument(description="work_in_progress, not_validated, validated or archived.")],
        audience: Annotated[str | None, strawberry.argument(description="internal or customer; null: as it is.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Article]:
        """Tell knowledge."""
        context = at(info)
        body: dict[str, Any] = {"state": state} | ({"audience": audience} if audience else {})
        return await performed(
            lambda: context.clients.knowledge.set_state(context.caller, raw_id(str(id), ids.ARTICLE), body, idempotency_key), Article.of
        )

    @changes("Note that an agent learned something: hours are entered, routing hears of the skill, the refresher is planned.")
    async def complete_training(
        self,
        info: Info,
        assignment_id: Annotated[UUID, strawberry.argument(description="The assignment.")],
        minutes: Annotated[int | None, strawberry.argument(description="How long it took; null: as the module says.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[TrainingAssignment]:
        """Tell knowledge."""
        context = at(info)
        body = {"minutes": minutes}
        return await performed(
            lambda: context.clients.knowledge.complete(context.caller, str(assignment_id), body, idempotency_key), TrainingAssignment.of
        )


def _span(since: datetime | None, until: datetime | None) -> dict[str, str | int | float | None]:
    return {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
