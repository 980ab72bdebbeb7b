"""Write a guide, or its next version; publish it, or take it back."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Refused, StaleVersion
from services.kit.fields import Code, Command, Language, Line
from services.kit.ids import new_id
from services.knowledge.domain.guide import MOST_NODES, MOST_OPTIONS, NodeKind, faults
from services.knowledge.domain.lifecycle import Audience
from services.knowledge.domain.markdown import clean_text, render
from services.knowledge.domain.standing import Kind, encode
from services.knowledge.models import Guide, GuideVersion
from services.knowledge.repository.guides import graph_from, guide_by_id
from services.knowledge.repository.index import Indexed, put_in_index
from services.knowledge.use_cases.keep_article import actor

Text = Annotated[str, Field(max_length=4_000)]
_SHOWN_FAULTS = 10


class GuideBroken(Refused):
    """A guide with dead ends, unreachable pages or options that lead nowhere is not stored: somebody would get stuck in it."""

    code = "guide_broken"


class Condition(Command):
    """What was answered on an earlier page."""

    node: Code
    answer: Code


class WriteWay(Command):
    """A way on."""

    key: Code
    label: Line
    to: Code
    when: Condition | None = None
    """Of a decision alone; the way without one is taken when no other fits."""


class WriteNode(Command):
    """One page."""

    id: Code
    kind: NodeKind
    text: Text = ""
    """Markdown."""
    ways: Annotated[tuple[WriteWay, ...], Field(max_length=MOST_OPTIONS)] = ()
    article_id: UUID | None = None
    solved: bool | None = None


class WriteGuide(Command):
    """A whole guide."""

    title: Line
    language: Language
    product: Line | None = None
    driver: Code | None = None
    start: Code
    nodes: Annotated[tuple[WriteNode, ...], Field(min_length=1, max_length=MOST_NODES)]


class SetGuideState(Command):
    """Whom it is for, and whether it is offered."""

    state: Literal["draft", "published", "archived"]
    audience: Audience | None = None


async def write_guide(uow: UnitOfWork, command: WriteGuide) -> Guide:
    """Store a new guide as a draft; raises GuideBroken with every fault found."""
    guide = Guide(
        id=new_id(),
        title="",
        plain="",
        language="",
        audience=Audience.INTERNAL.value,
        product=None,
        driver=None,
        state="draft",
        version=0,
        published_version=None,
        changed_by="",
        changed_at=uow.now,
    )
    return await _keep(uow, guide, command)


async def rewrite_guide(uow: UnitOfWork, guide_id: UUID, command: WriteGuide, expected: int) -> Guide:
    """Store the next version; what is walked now goes on with its own. Raises StaleVersion and GuideBroken."""
    guide = await guide_by_id(uow, guide_id)
    if guide.version != expected:
        raise StaleVersion(f"Guide {guide_id} is at version {guide.version}, not {expected}. Read it again.")
    return await _keep(uow, guide, command)


async def set_guide_state(uow: UnitOfWork, guide_id: UUID, command: SetGuideState) -> Guide:
    """Publish the newest version, take the guide back to draft, or archive it."""
    guide = await guide_by_id(uow, guide_id)
    published = guide.version if command.state == "published" else guide.published_version
    audience = (command.audience or Audience(guide.audience)).value
    changed = {"state": command.state, "audience": audience, "published_version": published, "changed_by": actor(uow), "changed_at": uow.now}
    kept = guide.model_copy(update=changed)
    await uow.upsert(Guide, kept.model_dump(), key=("id",))
    await put_in_index(uow, _indexed(kept), text_changed=False)
    return kept


async def _keep(uow: UnitOfWork, guide: Guide, command: WriteGuide) -> Guide:
    names = [node.id for node in command.nodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GuideBroken(f"Two nodes are called {twice[0]}.", pointer="/nodes")
    graph = _graph(command)
    found = faults(graph_from(graph))
    if found:
        listed = "; ".join(f"{fault.node} {fault.says}" for fault in found[:_SHOWN_FAULTS])
        more = f"; and {len(found) - _SHOWN_FAULTS} more" if len(found) > _SHOWN_FAULTS else ""
        raise GuideBroken(f"{listed}{more}.", pointer=f"/nodes/{names.index(found[0].node)}" if found[0].node in names else "/start")
    changed = {
        "title": " ".join(clean_text(command.title).split()),
        "plain": "\n".join(render(node.text).plain for node in command.nodes if node.text),
        "language": command.language,
        "product": command.product,
        "driver": command.driver,
        "state": "draft" if guide.state == "archived" else guide.state,
        "version": guide.version + 1,
        "changed_by": actor(uow),
        "changed_at": uow.now,
    }
    kept = guide.model_copy(update=changed)
    version = GuideVersion(guide_id=kept.id, version=kept.version, title=kept.title, graph=graph, changed_by=kept.changed_by, changed_at=uow.now)
    await uow.insert(GuideVersion, version.model_dump())
    await uow.upsert(Guide, kept.model_dump(), key=("id",))
    await put_in_index(uow, _indexed(kept), text_changed=True)
    return kept


def _graph(command: WriteGuide) -> dict[str, Any]:
    nodes = {}
    for node in command.nodes:
        rendered = render(node.text)
        nodes[node.id] = node.model_dump(mode="json", exclude={"id", "text"}) | {"text": rendered.plain, "html": rendered.html, "markdown": node.text}
    return {"start": command.start, "nodes": nodes}


def _indexed(guide: Guide) -> Indexed:
    state = {"draft": "work_in_progress", "published": "validated", "archived": "archived"}[guide.state]
    standing = encode(Kind.GUIDE, state, guide.audience, guide.language, guide.product)
    return Indexed(guide.id, standing, guide.language, guide.title, guide.plain)
