"""Guides: writing them, walking through them as an agent, their figures and their pictures."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.fields import View
from services.kit.http import APIRouter, Cursor, IfMatch, Page, PageSize, Read, Write, etag, requires
from services.kit.paging import encode_cursor
from services.knowledge.api.reading import id_in
from services.knowledge.api.search import Product
from services.knowledge.contract import GuideStatistics, GuideView, RunView
from services.knowledge.domain.drawing import Arrow, Box, mermaid, svg
from services.knowledge.domain.guide import LAST, Node
from services.knowledge.models import Guide, GuideVersion
from services.knowledge.queries.guide_statistics import Noted, guide_statistics, noted
from services.knowledge.repository.guides import graph_from, guide_by_id, guides, version_of
from services.knowledge.use_cases.walk_guide import AnswerPage, BeginWalk, answer_page, begin_walk, go_back, walk
from services.knowledge.use_cases.write_guide import SetGuideState, WriteGuide, rewrite_guide, set_guide_state, write_guide

router = APIRouter(tags=["guides"])
Reader = Annotated[Principal, requires("knowledge:read")]
Author = Annotated[Principal, requires("knowledge:write")]
Version = Annotated[int | None, Query(ge=1, le=1_000_000, description="none: the published one, or the newest while none is")]
Figures = Annotated[bool, Query(description="with how many came to each page, left the guide there, and were not helped; where most left is marked")]


class GuideGraphView(View):
    """One version of a guide with its whole graph."""

    guide_id: UUID
    version: int
    title: str
    graph: dict[str, Any]
    """start, and nodes: id to kind, markdown, html, text, ways, article_id, solved."""


@router.post("/v1/guides", status_code=201, response_model=GuideView)
async def post_guide(command: WriteGuide, write: Write, _: Author) -> Response:
    """Write a guide; it is checked whole, and refused with every fault found when somebody could get stuck in it."""
    return await write(write_guide, command, view=GuideView)


@router.get("/v1/guides", response_model=Page[GuideView])
async def list_guides(
    read: Read,
    _: Reader,
    state: Annotated[str | None, Query(pattern="^(draft|published|archived)$")] = None,
    product: Product = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[GuideView]:
    """List guides, newest first."""

    async def page(tx: Tx) -> list[Guide]:
        return await guides(tx, state=state, product=product, before=id_in(cursor), limit=limit + 1)

    found = await read(page)
    more = encode_cursor(str(found[limit - 1].id)) if len(found) > limit else None
    return Page(items=[GuideView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.get("/v1/guides/{guide_id}", response_model=GuideView)
async def get_guide(guide_id: UUID, read: Read, _: Reader, response: Response) -> GuideView:
    """Return a guide as it stands, with its ETag."""
    found = await read(guide_by_id, guide_id)
    response.headers["ETag"] = etag(found.version)
    return GuideView.model_validate(found)


@router.put("/v1/guides/{guide_id}", response_model=GuideView)
async def put_guide(guide_id: UUID, command: WriteGuide, expected: IfMatch, write: Write, _: Author) -> Response:
    """Store the next version; it is offered when it is published, and walks that go on keep theirs."""
    return await write(rewrite_guide, guide_id, command, expected, view=GuideView)


@router.post("/v1/guides/{guide_id}/state", response_model=GuideView)
async def post_guide_state(guide_id: UUID, command: SetGuideState, write: Write, _: Author) -> Response:
    """Publish the newest version, take the guide back, or archive it; customers see it when it is published for them."""
    return await write(set_guide_state, guide_id, command, view=GuideView)


@router.get("/v1/guides/{guide_id}/graph", response_model=GuideGraphView)
async def get_graph(guide_id: UUID, read: Read, _: Reader, version: Version = None) -> GuideGraphView:
    """Return the whole graph of a version."""
    return GuideGraphView.model_validate(await read(_version, guide_id, version))


@router.get("/v1/guides/{guide_id}/picture.mmd", response_class=Response)
async def get_mermaid(guide_id: UUID, read: Read, _: Reader, version: Version = None, statistics: Figures = False) -> Response:
    """Return the guide as a Mermaid flowchart."""
    found, notes = await _pictured(read, guide_id, version, statistics=statistics)
    return Response(mermaid(*_drawn(found, notes)), media_type="text/vnd.mermaid; charset=utf-8")


@router.get("/v1/guides/{guide_id}/picture.svg", response_class=Response)
async def get_svg(guide_id: UUID, read: Read, _: Reader, version: Version = None, statistics: Figures = False) -> Response:
    """Return the guide as an SVG picture."""
    found, notes = await _pictured(read, guide_id, version, statistics=statistics)
    return Response(svg(found.title, *_drawn(found, notes)), media_type="image/svg+xml")


@router.get("/v1/guides/{guide_id}/statistics", response_model=GuideStatistics)
async def get_statistics(guide_id: UUID, read: Read, _: Reader, version: Version = None) -> GuideStatistics:
    """Return per page how many came, how many left it there, and how many who passed it were not helped."""
    return await read(guide_statistics, guide_id, version)


@router.post("/v1/guides/{guide_id}/runs", status_code=201, response_model=RunView)
async def post_run(guide_id: UUID, command: BeginWalk, write: Write, _: Author) -> Response:
    """Begin a walk as an agent, for a case or to try it out."""

    async def begun(uow: UnitOfWork) -> RunView:
        return await begin_walk(uow, guide_id, command, for_customers=False)

    return await write(begun, view=RunView)


@router.get("/v1/runs/{run_id}", response_model=RunView)
async def get_run(run_id: UUID, read: Read, _: Reader) -> RunView:
    """Return where a walk stands."""

    async def standing(tx: Tx) -> RunView:
        return await walk(tx, run_id, for_customers=False)

    return await read(standing)


@router.post("/v1/runs/{run_id}/answers", response_model=RunView)
async def post_answer(run_id: UUID, command: AnswerPage, write: Write, _: Author) -> Response:
    """Answer the page and go on."""

    async def answered(uow: UnitOfWork) -> RunView:
        return await answer_page(uow, run_id, command, for_customers=False)

    return await write(answered, view=RunView)


@router.post("/v1/runs/{run_id}/back", response_model=RunView)
async def post_back(run_id: UUID, write: Write, _: Author) -> Response:
    """Go back to the page before."""

    async def back(uow: UnitOfWork) -> RunView:
        return await go_back(uow, run_id, for_customers=False)

    return await write(back, view=RunView)


async def _version(tx: Tx, guide_id: UUID, version: int | None) -> GuideVersion:
    guide = await guide_by_id(tx, guide_id)
    return await version_of(tx, guide_id, version or guide.published_version or guide.version)


async def _pictured(read: Read, guide_id: UUID, version: int | None, *, statistics: bool) -> tuple[GuideVersion, dict[str, Noted]]:
    found = await read(_version, guide_id, version)
    return found, noted(await read(guide_statistics, guide_id, found.version)) if statistics else {}


def _drawn(version: GuideVersion, notes: Mapping[str, Noted]) -> tuple[list[Box], list[Arrow]]:
    graph = graph_from(version.graph)
    order = [graph.nodes[graph.start], *(node for node in graph.nodes.values() if node.id != graph.start)]
    boxes = [_box(node, notes.get(node.id)) for node in order]
    return boxes, [Arrow(node.id, way.to, way.label) for node in order for way in node.ways]


def _box(node: Node, known: Noted | None) -> Box:
    mark = "end" if node.kind in LAST else ""
    if known is None:
        return Box(node.id, node.text or node.id, node.kind.value, mark)
    return Box(node.id, node.text or node.id, known.short, "hot" if known.is_worst else mark, known.sentence)
