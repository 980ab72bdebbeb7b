"""Bulk intake: NDJSON or CSV of any size in one request, read as it streams in, stored batch by batch, safe to send again."""

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, Field

from services.feedback import repository
from services.feedback.api.lines import Lines
from services.feedback.domain.sentiment import TONES
from services.feedback.use_cases.import_items import Stored, store_rows
from services.feedback.use_cases.prepare_lines import PREPARING, Order, Prepared, Preparer, PreparingProcess, PreparingProcesses, moment_text
from services.kit.auth import Principal
from services.kit.db import Context, Tx
from services.kit.errors import InvalidInput
from services.kit.fields import Code
from services.kit.http import APIRouter, Read, RuntimeDep, requires
from services.kit.problems import field_errors
from services.kit.service import Runtime

router = APIRouter(tags=["imports"])
BATCH = 4_000
MOST_ERRORS = 1_000
MOST_BYTES = 4 * 1024**3
PATH = "/feedback/v1/items/bulk"
_GRADES = "1234"


class LineError(BaseModel):
    """Why a line was refused; the others were taken."""

    line: int
    pointer: str
    code: str
    message: str


class ImportReport(BaseModel):
    """What became of an upload. The same upload again answers with all lines repeated."""

    lines: int
    accepted: int
    repeated: int
    refused: int
    errors: list[LineError]
    """The first thousand."""


class _Upload:
    """One upload while it runs: while a batch is stored the next is prepared, and the one after that comes in."""

    def __init__(self, runtime: Runtime, order: Order, context: Context) -> None:
        self._report = ImportReport(lines=0, accepted=0, repeated=0, refused=0, errors=[])
        self._runtime, self._order, self._context = runtime, order, context
        self._here = Preparer(runtime.resources["vault"], order)
        self._started = runtime.clock.now()
        self._process: PreparingProcess | None = None
        self._preparing: asyncio.Task[Prepared] | None = None
        self._storing: asyncio.Task[Stored] | None = None

    async def take(self, lines: Sequence[tuple[int, bytes]]) -> None:
        """Begin with a batch; waits until the batch before is prepared, and the one before that stored."""
        await self._pass_on()
        if self._process is None and self._report.lines and len(lines) == BATCH:  # it is a long one, and more may come
            await self._begin_process()
        self._preparing = asyncio.create_task(self._prepare(lines))

    async def end(self) -> ImportReport:
        """Wait for all that was begun, and return what became of the upload."""
        await self._pass_on()
        await self._stored()
        return self._report

    async def close(self) -> None:
        """Leave nothing running."""
        for task in (self._preparing, self._storing):
            if task is not None:
                task.cancel()
        if self._process is not None:
            await self._process.close()

    async def _begin_process(self) -> None:
        """Have further batches prepared beside the doors, unless other uploads do so already."""
        processes: PreparingProcesses = self._runtime.resources[PREPARING]
        self._process = await processes.begin(dataclasses.replace(self._order, names=self._here.names))

    async def _prepare(self, lines: Sequence[tuple[int, bytes]]) -> Prepared:
        if self._process is not None and self._process.ready:
            try:
                return await self._process.prepare(lines)
            except (OSError, EOFError) as error:
                self._runtime.log.warning("import.process_ended", exc=error)
        return await asyncio.to_thread(self._here.prepare, lines)

    async def _pass_on(self) -> None:
        if self._preparing is None:
            return
        prepared = await self._preparing
        self._preparing = None
        self._report.lines += prepared.seen
        for line, place, code, message in prepared.refused:
            found = field_errors([{"loc": place or (), "type": code, "msg": message}])[0]
            self._refuse(line, "" if place is None else found["pointer"] or "/", code, found["message"])
        await self._stored()
        if prepared.lines:
            self._storing = asyncio.create_task(self._runtime.db.write(store_rows, prepared, self._started, context=self._context))

    async def _stored(self) -> None:
        if self._storing is None:
            return
        stored = await self._storing
        self._storing = None
        self._report.accepted += stored.accepted
        self._report.repeated += stored.repeated
        for line in stored.differing:
            self._refuse(line, "/external_id", "feedback_item_differs", "This external id came before with other content.")
        for line in stored.erased:
            self._refuse(line, "/customer_id", "feedback_customer_erased", "This customer was erased here.")

    def _refuse(self, line: int, pointer: str, code: str, message: str) -> None:
        self._report.refused += 1
        if len(self._report.errors) < MOST_ERRORS:
            self._report.errors.append(LineError(line=line, pointer=pointer, code=code, message=message))


class ImportOptions(BaseModel):
    """How to read the upload."""

    format: Literal["ndjson", "csv"] = "ndjson"
    source: Code = "import"
    columns: Annotated[str, Field(max_length=2_000, pattern=r"^$|^[a-z_.]+:[^,:]+(,[a-z_.]+:[^,:]+)*$")] = ""
    """Our field and theirs, e.g. `external_id:ID,text:Comment`; fields that are named alike need no mention."""


@router.post("/v1/items/bulk", response_model=ImportReport)
async def post_bulk(
    request: Request,
    options: Annotated[ImportOptions, Query()],
    read: Read,
    runtime: RuntimeDep,
    who: Annotated[Principal, requires("feedback:write")],
) -> ImportReport:
    """Take in an upload of any size. Every batch is committed as it comes; a broken line is reported with its number and stops nothing.

    Sending it again stores nothing twice: a line is known by its source and external id. Repeat the upload after a lost connection.
    """
    columns = {theirs: ours for ours, theirs in (pair.split(":", 1) for pair in options.columns.split(",") if pair)}
    order = Order(options.source, await read(_codes), columns, options.format == "csv", moment_text(runtime.clock.now()))
    upload, lines, waiting = _Upload(runtime, order, Context(principal=who)), Lines(quoted=order.csv), list[tuple[int, bytes]]()
    try:
        async for chunk in request.stream():
            waiting += lines.feed(chunk)
            while len(waiting) >= BATCH:
                await upload.take(waiting[:BATCH])
                del waiting[:BATCH]
        await upload.take([*waiting, *lines.end()])
        report = await upload.end()
    finally:
        await upload.close()
    if report.lines == 0:
        raise InvalidInput("The upload holds no lines.", pointer="/body")
    return report


async def _codes(tx: Tx) -> dict[str, list[str]]:
    known = [code for code in await repository.taxonomy(tx) if code.active]
    codes = {axis: [code.code for code in known if code.axis == axis] for axis in ("driver", "product", "disposition", "journey_stage", "topic")}
    return codes | {"sentiment": list(TONES), "severity": list(_GRADES)}
