"""Process maps: how something is done, where it fails, and its picture."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, requires
from services.kit.paging import decode_cursor, encode_cursor
from services.knowledge.api.measures import Since, Until, span_of
from services.knowledge.contract import ProcessFlow, ProcessMapView
from services.knowledge.domain.drawing import mermaid, svg
from services.knowledge.models import ProcessMap
from services.knowledge.queries.process_flow import drawn, process_flow
from services.knowledge.repository.processes import maps
from services.knowledge.use_cases.process_map import WriteProcessMap, write_process_map

router = APIRouter(tags=["processes"])
Reader = Annotated[Principal, requires("knowledge:read")]
Author = Annotated[Principal, requires("knowledge:write")]
ProcessCode = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_.-]{0,63}$")]


@router.put("/v1/processes/{code}", response_model=ProcessMapView)
async def put_process(code: ProcessCode, command: WriteProcessMap, write: Write, _: Author) -> Response:
    """Create or replace a process; each driver belongs to one step, so that no contact counts twice."""
    return await write(write_process_map, code, command, view=ProcessMapView)


@router.get("/v1/processes", response_model=Page[ProcessMapView])
async def list_processes(read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[ProcessMapView]:
    """List processes by code."""

    async def page(tx: Tx) -> list[ProcessMap]:
        return await maps(tx, after=decode_cursor(cursor, 1)[0] if cursor else None, limit=limit + 1)

    found = await read(page)
    more = encode_cursor(found[limit - 1].code) if len(found) > limit else None
    return Page(items=[ProcessMapView.model_validate(one) for one in found[:limit]], next_cursor=more)


@router.get("/v1/processes/{code}", response_model=ProcessFlow)
async def get_process(code: ProcessCode, read: Read, runtime: RuntimeDep, _: Reader, since: Since = None, until: Until = None) -> ProcessFlow:
    """Return contacts, cost and waiting per step, and the bottleneck."""
    return await _flow(read, runtime, code, since, until)


@router.get("/v1/processes/{code}/picture.svg", response_class=Response)
async def get_picture(code: ProcessCode, read: Read, runtime: RuntimeDep, _: Reader, since: Since = None, until: Until = None) -> Response:
    """Return the process as an SVG picture."""
    flow = await _flow(read, runtime, code, since, until)
    return Response(svg(flow.title, *drawn(flow)), media_type="image/svg+xml")


@router.get("/v1/processes/{code}/picture.mmd", response_class=Response)
async def get_flowchart(code: ProcessCode, read: Read, runtime: RuntimeDep, _: Reader, since: Since = None, until: Until = None) -> Response:
    """Return the process as a Mermaid flowchart."""
    return Response(mermaid(*drawn(await _flow(read, runtime, code, since, until))), media_type="text/vnd.mermaid; charset=utf-8")


async def _flow(read: Read, runtime: Any, code: str, since: datetime | None, until: datetime | None) -> ProcessFlow:
    begin, end = span_of(since, until, runtime.clock.now())
    flow: ProcessFlow = await read(process_flow, code, begin, end, runtime.settings.hourly_cost)
    return flow
