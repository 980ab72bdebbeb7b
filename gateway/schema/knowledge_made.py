"""What authors make besides articles: guides and their figures, process maps, and articles taken in from elsewhere."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import as_json
from gateway.context import Info, at
from gateway.schema.guides import Guide
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import changes, computed, mapped
from services.knowledge import contract

_Id = Annotated[UUID, strawberry.argument(description="The guide.")]


@strawberry.type(description="Where people leave a guide, and which pages they passed who were not helped. Shares come with their 95 % interval.")
class GuideStatistics:
    """Figures of one version."""

    version: int = strawberry.field(description="The version.")
    walks: int = strawberry.field(description="Walks that began.")
    solved: JSON = strawberry.field(description="Of all walks that ended or were left.")
    handed_over: int = strawberry.field(description="Walks that ended with a person.")
    left: int = strawberry.field(description="Walks that stand still.")
    nodes: JSON = strawberry.field(description="Per page: how many came, left it there, and were not helped after it.")

    @classmethod
    def of(cls, view: contract.GuideStatistics) -> "GuideStatistics":
        """Build it from the view."""
        return mapped(cls, view, solved=as_json(view.solved), nodes=[as_json(one) for one in view.nodes])


@strawberry.type(description="A process as it was written down.")
class ProcessMap:
    """A process."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What is done.")
    steps: JSON = strawberry.field(description="Its steps.")
    version: int = strawberry.field(description="Grows with each change.")
    changed_at: datetime = strawberry.field(description="When it was last changed.")

    @classmethod
    def of(cls, view: contract.ProcessMapView) -> "ProcessMap":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="What became of an import.")
class ImportedArticles:
    """Counts, and what could not be read."""

    created: int = strawberry.field(description="Articles that are new.")
    changed: int = strawberry.field(description="Articles that were there and changed.")
    same: int = strawberry.field(description="Articles that were there and did not.")
    refused: int = strawberry.field(description="What could not be taken in.")
    faults: JSON = strawberry.field(description="Source and reason of the first 50 that were refused.")

    @classmethod
    def of(cls, view: contract.ImportView) -> "ImportedArticles":
        """Build it from the view."""
        return mapped(cls, view, faults=[as_json(one) for one in view.faults])


@strawberry.input(description="A whole guide: it is checked, and refused with every fault found when somebody could get stuck in it.")
class GuideInput:
    """See POST /knowledge/v1/guides."""

    title: str = strawberry.field(description="What it helps with.")
    language: str = strawberry.field(description="BCP 47 language.")
    start: str = strawberry.field(description="The first node.")
    nodes: JSON = strawberry.field(description="Nodes as in REST: id, kind, text, ways, article_id, solved.")
    product: str | None = strawberry.field(default=None, description="The product.")
    driver: str | None = strawberry.field(default=None, description="The driver.")


@strawberry.input(description="How something is done; each driver belongs to one step.")
class ProcessInput:
    """See PUT /knowledge/v1/processes/{code}."""

    title: str = strawberry.field(description="What is done.")
    steps: JSON = strawberry.field(description="Steps as in REST: code, title, department, drivers, waits_hours, leads_to.")


@strawberry.input(description="Files of another help centre; the same again changes only what has changed.")
class ImportInput:
    """See POST /knowledge/v1/imports."""

    origin: str = strawberry.field(description="Where they come from.")
    language: str = strawberry.field(description="The language of what does not say.")
    files: JSON = strawberry.field(description="Files as in REST: path, kind (markdown, html, csv), content in pieces.")
    standing: str | None = strawberry.field(default=None, description="review (not validated, for agents) or as_written; null: review.")


@strawberry.type(description="What can be asked of what authors made.")
class KnowledgeMadeQuery:
    """Part of the root."""

    @computed("Where people leave a guide.", scope="knowledge:read")
    async def guide_statistics(
        self, info: Info, id: _Id, version: Annotated[int | None, strawberry.argument(description="Null: the published one.")] = None
    ) -> GuideStatistics | None:
        """Ask knowledge."""
        context = at(info)
        return GuideStatistics.of(await context.clients.knowledge.guide_statistics(context.caller, str(id), {"version": version}))


@strawberry.type(description="What authors can make.")
class KnowledgeMadeMutation:
    """Part of the root."""

    @changes("Write a guide; it is a draft until it is published.")
    async def write_guide(
        self, info: Info, input: Annotated[GuideInput, strawberry.argument(description="The guide.")], idempotency_key: IdempotencyKey = None
    ) -> Payload[Guide]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.write_guide(context.caller, body_of(input), idempotency_key), Guide.of)

    @changes("Store the next version of a guide; walks that go on keep theirs.")
    async def rewrite_guide(
        self,
        info: Info,
        id: _Id,
        version: Annotated[int, strawberry.argument(description="The version that the change is for.")],
        input: Annotated[GuideInput, strawberry.argument(description="The guide, whole.")],
    ) -> Payload[Guide]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.rewrite_guide(context.caller, str(id), body_of(input), version), Guide.of)

    @changes("Publish a guide, take it back, or archive it.")
    async def set_guide_state(
        self,
        info: Info,
        id: _Id,
        state: Annotated[str, strawberry.argument(description="draft, published or archived.")],
        audience: Annotated[str | None, strawberry.argument(description="internal or customer; null: as it is.")] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[Guide]:
        """Tell knowledge."""
        context = at(info)
        body = {"state": state} | ({"audience": audience} if audience else {})
        return await performed(lambda: context.clients.knowledge.set_guide_state(context.caller, str(id), body, idempotency_key), Guide.of)

    @changes("Create or replace a process.")
    async def write_process(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="Its code.")],
        input: Annotated[ProcessInput, strawberry.argument(description="The process, whole.")],
    ) -> Payload[ProcessMap]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.write_process(context.caller, code, body_of(input)), ProcessMap.of)

    @changes("Take in Markdown, HTML or a table of another help centre.")
    async def import_articles(
        self, info: Info, input: Annotated[ImportInput, strawberry.argument(description="The files.")], idempotency_key: IdempotencyKey = None
    ) -> Payload[ImportedArticles]:
        """Tell knowledge."""
        context = at(info)
        return await performed(lambda: context.clients.knowledge.take_in(context.caller, body_of(input), idempotency_key), ImportedArticles.of)
